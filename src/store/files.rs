//! The files of a conversation: which are on their way, which lie ready, which a message carries.
//! What they consist of lies elsewhere, under their ids.
//!
//! A file is `begun`, then `stored`, then `sent`, when a message carries it. One that comes no
//! further in time is `going`: nobody can send it any more, what it consists of is dropped, and
//! then its row. A sent one has no time to keep.

use super::sql::{Sql, StoreError};
use crate::auth::secret;
use crate::id::{ClientId, FileId};
use crate::limits;
use crate::protocol::event::Author;
use crate::protocol::file::{FileKind, FileRef};
use crate::time::Millis;

/// Made by the first file: most conversations have none, and a table is rows, too.
const TABLE: &str = "CREATE TABLE IF NOT EXISTS file(
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK(state IN ('begun', 'stored', 'sent', 'going')),
    bytes INTEGER NOT NULL,
    file TEXT,
    due INTEGER
) WITHOUT ROWID";

/// The files of one conversation.
pub struct Files<'a, S>(pub(super) &'a S);

/// What becomes of a file that is announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It may come.
    Welcome,
    /// It is there already.
    There(FileRef),
    /// There are too many, or too much.
    Full,
    /// One of this id is just being dropped.
    Going,
}

impl<S: Sql> Files<'_, S> {
    /// A file is announced; what it needs is set aside for it.
    pub fn begin(&self, now: Millis, id: &FileId, bytes: u32) -> Result<Begun, StoreError> {
        self.0.run(TABLE, &[])?;
        let due = now.after(limits::FILE_WAIT).0.into();
        let known = "SELECT state, file FROM file WHERE id = ?";
        if let Some(mut row) = self.0.rows(known, &[id.as_str().into()])?.pop() {
            return match row.text()?.as_str() {
                "begun" => {
                    let again = "UPDATE file SET bytes = ?, due = ? WHERE id = ?";
                    self.0.run(again, &[bytes.into(), due, id.as_str().into()])?;
                    Ok(if self.fits(0, 0)? { Begun::Welcome } else { Begun::Full })
                }
                "going" => Ok(Begun::Going),
                _ => Ok(Begun::There(read_ref(&row.text()?)?)),
            };
        }
        if !self.fits(1, bytes)? {
            return Ok(Begun::Full);
        }
        let note = "INSERT INTO file(id, state, bytes, due) VALUES(?, 'begun', ?, ?)";
        self.0.run(note, &[id.as_str().into(), bytes.into(), due])?;
        Ok(Begun::Welcome)
    }

    fn exist(&self) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM sqlite_master WHERE name = 'file'";
        Ok(!self.0.rows(sql, &[])?.is_empty())
    }

    fn fits(&self, more: u32, bytes: u32) -> Result<bool, StoreError> {
        let all = "SELECT count(*), coalesce(sum(bytes), 0) FROM file";
        let Some(mut row) = self.0.rows(all, &[])?.pop() else { return Ok(true) };
        let (count, sum) = (row.count()?, u64::try_from(row.int()?).unwrap_or(u64::MAX));
        let fits = sum.saturating_add(bytes.into()) <= limits::FILES_BYTES;
        Ok(count.saturating_add(more) <= limits::FILES && fits)
    }

    /// All of it is there. The answer is none when it was given up meanwhile.
    pub fn finish(&self, now: Millis, file: &FileRef) -> Result<Option<FileRef>, StoreError> {
        if !self.exist()? {
            return Ok(None);
        }
        let text = write_ref(file)?;
        let sql = "UPDATE file SET state = 'stored', bytes = ?, file = ?, due = ?
            WHERE id = ? AND state = 'begun'";
        let due = now.after(limits::FILE_WAIT).0.into();
        self.0.run(sql, &[file.bytes.into(), (&text).into(), due, file.id.as_str().into()])?;
        self.find(&file.id)
    }

    /// A picture that no message carries yet.
    pub fn ready(&self, id: &FileId) -> Result<Option<FileRef>, StoreError> {
        if !self.exist()? {
            return Ok(None);
        }
        let sql = "SELECT file FROM file WHERE id = ? AND state = 'stored'";
        let row = self.0.rows(sql, &[id.as_str().into()])?.pop();
        let file = row.map(|mut row| read_ref(&row.text()?)).transpose()?;
        Ok(file.filter(|file| file.kind == FileKind::Image))
    }

    /// Its small version is there, too. None as long as that is no matter: then it must go.
    pub fn note_small(&self, id: &FileId) -> Result<Option<FileRef>, StoreError> {
        let Some(file) = self.ready(id)? else { return Ok(None) };
        let file = FileRef { small: true, ..file };
        let text = write_ref(&file)?;
        self.0
            .run("UPDATE file SET file = ? WHERE id = ?", &[(&text).into(), id.as_str().into()])?;
        Ok(Some(file))
    }

    /// It will not come, or must not stay.
    pub fn give_up(&self, now: Millis, id: &FileId) -> Result<(), StoreError> {
        if !self.exist()? {
            return Ok(());
        }
        let sql = "UPDATE file SET state = 'going', due = ? WHERE id = ? AND state = 'begun'";
        self.0.run(sql, &[now.0.into(), id.as_str().into()])
    }

    /// The file, when it lies ready or was sent.
    fn find(&self, id: &FileId) -> Result<Option<FileRef>, StoreError> {
        let sql = "SELECT file FROM file WHERE id = ? AND state IN ('stored', 'sent')";
        let row = self.0.rows(sql, &[id.as_str().into()])?.pop();
        row.map(|mut row| read_ref(&row.text()?)).transpose()
    }

    pub(super) fn of(&self, who: &Author, id: &ClientId) -> Result<Option<FileRef>, StoreError> {
        match secret::file_of(who, id) {
            Some(id) if self.exist()? => self.find(&id),
            _ => Ok(None),
        }
    }

    /// A message carries it: it stays.
    pub(super) fn sent(&self, id: &FileId) -> Result<(), StoreError> {
        if !self.exist()? {
            return Ok(());
        }
        let sql = "UPDATE file SET state = 'sent', due = NULL WHERE id = ?";
        self.0.run(sql, &[id.as_str().into()])
    }

    /// When the next one has to be dropped.
    pub fn due(&self) -> Result<Option<Millis>, StoreError> {
        if !self.exist()? {
            return Ok(None);
        }
        let row = self.0.rows("SELECT min(due) FROM file", &[])?.pop();
        Ok(row.map(|mut row| row.maybe_int()).transpose()?.flatten().map(Millis))
    }

    /// Those whose time is over. From now on nobody can send them; when they cannot be dropped,
    /// they come again after a pause.
    pub fn over(&self, now: Millis) -> Result<Vec<FileId>, StoreError> {
        let mut over = Vec::new();
        let sql = "SELECT id FROM file WHERE due <= ? ORDER BY due LIMIT ?";
        for mut row in self.0.rows(sql, &[now.0.into(), limits::FILES_PER_RUN.into()])? {
            let lost = || StoreError::unreadable("file");
            let id = FileId::parse(&row.text()?).ok_or_else(lost)?;
            let sql = "UPDATE file SET state = 'going', due = ? WHERE id = ?";
            let pause = now.after(limits::FILE_PAUSE).0.into();
            self.0.run(sql, &[pause, id.as_str().into()])?;
            over.push(id);
        }
        Ok(over)
    }

    /// What it consisted of is gone: it is forgotten.
    pub fn forget(&self, id: &FileId) -> Result<(), StoreError> {
        let sql = "DELETE FROM file WHERE id = ? AND state = 'going'";
        self.0.run(sql, &[id.as_str().into()])
    }
}

/// A file and its name in one text, as the event has it: the file is JSON, which is one line.
pub(super) fn write(file: &FileRef, name: &str) -> Result<String, StoreError> {
    Ok(format!("{}\n{name}", write_ref(file)?))
}

/// The file and its name behind [`write`].
pub(super) fn read(text: &str) -> Result<(FileRef, String), StoreError> {
    let lost = || StoreError::unreadable("file");
    let (file, name) = text.split_once('\n').ok_or_else(lost)?;
    Ok((read_ref(file)?, name.to_owned()))
}

fn write_ref(file: &FileRef) -> Result<String, StoreError> {
    serde_json::to_string(file).map_err(|error| StoreError(error.to_string()))
}

fn read_ref(text: &str) -> Result<FileRef, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::unreadable("file"))
}
