//! What the entry asks a router: its rules, who serves what, who is out. The site has said before
//! that the asker may.

use super::router_object::RouterObject;
use super::{platform, presence};
use crate::protocol::api::ApiError;
use crate::protocol::site::{RouterAnswer, RouterRequest};
use crate::protocol::widget::Presence;
use crate::routing::{Effect, Router};
use worker::Result;

impl RouterObject {
    /// Answers one question. The outer error is ours, the inner one the asker's.
    pub(super) async fn answer(
        &self,
        question: RouterRequest,
    ) -> Result<std::result::Result<RouterAnswer, ApiError>> {
        if let RouterRequest::SignedOut { login } = &question {
            presence::sign_out(&self.sockets, &self.state, login);
            return Ok(Ok(RouterAnswer::Done));
        }
        let answer = self.decide(question)?;
        self.arm().await?;
        Ok(answer)
    }

    #[cold]
    fn decide(
        &self,
        question: RouterRequest,
    ) -> Result<std::result::Result<RouterAnswer, ApiError>> {
        let now = platform::now();
        match question {
            RouterRequest::Rules | RouterRequest::SignedOut { .. } => {}
            RouterRequest::Presence => {
                let mut presence = Presence::default();
                self.turn(|router, _| {
                    presence = router.presence(now);
                    Ok(Vec::new())
                })?;
                return Ok(Ok(RouterAnswer::Presence(presence)));
            }
            RouterRequest::SetRules(rules) => {
                let set = |router: &mut Router| {
                    router.handle_settings(now, rules, &platform::zone_offset)
                };
                if let Err(refusal) = self.change(set)? {
                    return Ok(Err(refusal));
                }
            }
            RouterRequest::SetAgent { agent, capacity, profile } => {
                let set =
                    |router: &mut Router| router.handle_profile(now, agent, capacity, profile);
                return Ok(self.change(set)?.map(|()| RouterAnswer::Done));
            }
            RouterRequest::Removed { agent } => {
                presence::dismiss(&self.sockets, &self.state, &agent);
                self.turn(|router, _| Ok(router.handle_removed(now, &agent)))?;
                return Ok(Ok(RouterAnswer::Done));
            }
        }
        let mut rules = None;
        self.turn(|router, _| {
            rules = Some(router.settings().clone());
            Ok(Vec::new())
        })?;
        Ok(Ok(RouterAnswer::Rules(rules.unwrap_or_default())))
    }

    /// A change that may be refused; then nothing is changed.
    fn change(
        &self,
        change: impl FnOnce(&mut Router) -> std::result::Result<Vec<Effect>, ApiError>,
    ) -> Result<std::result::Result<(), ApiError>> {
        let mut answer = Ok(());
        self.turn(|router, _| {
            Ok(change(router).unwrap_or_else(|refusal| {
                answer = Err(refusal);
                Vec::new()
            }))
        })?;
        Ok(answer)
    }
}
