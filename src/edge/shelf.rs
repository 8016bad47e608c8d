//! A conversation's part in its files: who may send one, how many there are, and when one that no
//! message carries is dropped. The bytes do not pass here.

use super::conversation_object::Awake;
use super::{carry, door, error, files_api, platform};
use crate::auth::secret;
use crate::protocol::api::{ApiError, ErrorCode};
use crate::protocol::event::Author;
use crate::protocol::file::{FileRef, FileRequest};
use crate::protocol::session::Holder;
use crate::store::{Begun, ConversationStore, Sql, StoreError};
use worker::{Request, Response, Result, console_error};

type Shelved = std::result::Result<Option<FileRef>, ApiError>;

impl Awake {
    /// Answers the entry. Each question is one transaction.
    pub(super) async fn shelve(&self, mut request: Request) -> Result<Response> {
        let holder = door::grant_of(&request)?.holder;
        let question: FileRequest = serde_json::from_str(&request.text().await?)?;
        let sql = &self.keeper.sql;
        let answer = sql.atomically(|| self.shelved(&holder, question)).map_err(error::fault)?;
        self.arm(self.timer(platform::now())).await?;
        Response::from_json(&answer)
    }

    fn shelved(
        &self,
        holder: &Holder,
        question: FileRequest,
    ) -> std::result::Result<Shelved, StoreError> {
        let (now, store) = (platform::now(), ConversationStore::new(&self.keeper.sql));
        let (head, author) = (store.load()?.0, holder.author());
        let id_of = |id| secret::file_of(&author, id).ok_or(StoreError("a file of nobody".into()));
        if !head.as_ref().is_none_or(|head| head.admits(holder)) {
            let text = "This conversation belongs to somebody who has signed in.";
            return Ok(Err(ApiError::new(ErrorCode::Forbidden, text)));
        }
        match question {
            FileRequest::Begin { client_id, bytes } => {
                if let Author::Agent(agent) = &author
                    && !head.is_some_and(|head| head.is_served_by(&agent.id))
                {
                    let text = "The conversation is not with you.";
                    return Ok(Err(ApiError::new(ErrorCode::Forbidden, text)));
                }
                store.migrate()?;
                let begun = store.files().begin(now, &id_of(&client_id)?, bytes)?;
                let refused = |code, text| Ok(Err(ApiError::new(code, text)));
                match begun {
                    Begun::Welcome => Ok(Ok(None)),
                    Begun::There(file) => Ok(Ok(Some(file))),
                    Begun::Full => {
                        refused(ErrorCode::FilesFull, "This conversation has too many files.")
                    }
                    Begun::Going => refused(ErrorCode::TooManyTries, "Try again in a minute."),
                }
            }
            FileRequest::Find { client_id } => Ok(Ok(store.files().ready(&id_of(&client_id)?)?)),
            FileRequest::Small { client_id } => {
                Ok(Ok(store.files().note_small(&id_of(&client_id)?)?))
            }
            FileRequest::Finish { file, .. } => Ok(Ok(store.files().finish(now, &file)?)),
            FileRequest::Drop { client_id } => {
                store.files().give_up(now, &id_of(&client_id)?)?;
                Ok(Ok(None))
            }
        }
    }

    /// Drops what nobody needs any more. A failure is logged, and comes again after a pause.
    pub(super) async fn tidy(&self) -> Result<()> {
        let sql = &self.keeper.sql;
        let store = ConversationStore::new(sql);
        let over = || -> std::result::Result<_, StoreError> {
            match store.files().due()? {
                Some(due) if due <= platform::now() => {
                    sql.atomically(|| store.files().over(platform::now()))
                }
                _ => Ok(Vec::new()),
            }
        };
        let over = over().map_err(error::fault)?;
        if over.is_empty() {
            return Ok(());
        }
        let (site, conversation) = self.name()?;
        let name = carry::conversation_name(site, conversation);
        if let Err(error) = files_api::drop_all(&self.env, &name, &over).await {
            console_error!("files of {name}: {error}");
            return Ok(());
        }
        let forget = || over.iter().try_for_each(|file| store.files().forget(file));
        sql.atomically(forget).map_err(error::fault)
    }
}
