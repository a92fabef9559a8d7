-- Whether anything names a photo is asked while the hub runs.
CREATE INDEX journal_photo ON journal (event ->> '$.photo_sha256');
CREATE INDEX submission_photo_file ON submission (photo_sha256);
