//! The command line: one sub-command per workflow verb.
