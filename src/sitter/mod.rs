//! Synthetic sitters: portraits drawn by our own renderer with exactly known truth.
