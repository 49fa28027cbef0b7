//! Every site of the installation in memory, so that a hello asks no database.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use footage_protocol::{AccountId, PolicyHash, SiteId};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::StoreError;

/// Looks for a key that is not in the directory are at least this far apart: unknown keys cost one
/// small query per interval, however many there are.
const LOOKS_APART: Duration = Duration::from_millis(100);

/// Above what a healthy Postgres takes for the two small queries of a look by far, and far below what
/// it gives a statement: a visitor waits for this.
const LOOK_PATIENCE: Duration = Duration::from_secs(5);

/// A site as recording needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The tenant.
    pub account: AccountId,
    /// The site.
    pub id: SiteId,
    /// Selectors whose text is masked.
    pub mask_selectors: Vec<String>,
    /// Selectors of what is not recorded.
    pub block_selectors: Vec<String>,
    /// Whether addresses keep the part behind the `?`.
    pub keep_query: bool,
    /// Changes with any of the three above.
    pub policy_hash: PolicyHash,
    allowed_origins: Vec<String>,
}

impl Site {
    /// Whether pages of this origin, as a browser writes it, may record for the site.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        self.allowed_origins
            .iter()
            .any(|allowed| allowed == "*" || allowed.eq_ignore_ascii_case(origin))
    }
}

/// All sites by their public keys.
///
/// A change in the database is seen at the next [`SiteDirectory::refresh`], a new site also when
/// its key is first asked for. While Postgres is away the last known sites go on.
#[derive(Debug)]
pub struct SiteDirectory {
    shared: Arc<Shared>,
    back_office: Handle,
}

#[derive(Debug)]
struct Shared {
    pool: PgPool,
    known: RwLock<Known>,
    /// Lets one at a time look for changes.
    looked: Mutex<Looked>,
}

#[derive(Debug, Default)]
struct Known {
    version: i64,
    by_key: HashMap<String, Arc<Site>>,
    demo_key: Option<String>,
}

/// The last look: when it began, and whether Postgres answered.
#[derive(Clone, Copy, Debug)]
struct Looked {
    began: Instant,
    answered: bool,
}

type SiteRow = (
    i64,
    i64,
    String,
    Vec<String>,
    bool,
    Vec<String>,
    Vec<String>,
    bool,
);

impl SiteDirectory {
    /// Reads all sites. Must be called on the runtime that owns the pool.
    ///
    /// # Errors
    /// When Postgres does not answer.
    pub async fn load(pool: PgPool) -> Result<Self, StoreError> {
        let shared = Shared {
            pool,
            known: RwLock::default(),
            looked: Mutex::new(Looked {
                began: Instant::now(),
                answered: true,
            }),
        };
        shared.look().await?;
        Ok(Self {
            shared: Arc::new(shared),
            back_office: Handle::current(),
        })
    }

    /// The site of a public key. May be awaited on any runtime.
    ///
    /// # Errors
    /// When the key is not known and Postgres does not answer.
    pub async fn find(&self, key: &str) -> Result<Option<Arc<Site>>, StoreError> {
        if let Some(site) = self.shared.known_site(key) {
            return Ok(Some(site));
        }
        let shared = Arc::clone(&self.shared);
        self.back_office
            .spawn(async move { shared.look_since(Instant::now()).await })
            .await??;
        Ok(self.shared.known_site(key))
    }

    /// Looks whether sites have changed, and reads them if so: one small query otherwise. Due every
    /// few seconds.
    ///
    /// # Errors
    /// When Postgres does not answer; the known sites stay.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        self.shared.look().await
    }

    /// The public key of the demo shop.
    #[must_use]
    pub fn demo_key(&self) -> Option<String> {
        self.shared.read().demo_key.clone()
    }
}

impl Shared {
    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn known_site(&self, key: &str) -> Option<Arc<Site>> {
        self.read().by_key.get(key).cloned()
    }

    /// Sees to it that there was a look that began after `asked`. However many ask, looks keep their
    /// distance: who made up a key costs a wait and no query of its own.
    async fn look_since(&self, asked: Instant) -> Result<(), StoreError> {
        let mut looked = self.looked.lock().await;
        if looked.began < asked {
            tokio::time::sleep_until(looked.began + LOOKS_APART).await;
            looked.began = Instant::now();
            let answer = self.look().await;
            looked.answered = answer.is_ok();
            return answer;
        }
        if looked.answered {
            Ok(())
        } else {
            Err(StoreError::JustFailed)
        }
    }

    async fn look(&self) -> Result<(), StoreError> {
        timeout(LOOK_PATIENCE, self.read_changes())
            .await
            .unwrap_or(Err(StoreError::Late(LOOK_PATIENCE)))
    }

    async fn read_changes(&self) -> Result<(), StoreError> {
        // The version first: what changes between the two queries is read again next time.
        let version: i64 = sqlx::query_scalar("select version from sites_version")
            .fetch_one(&self.pool)
            .await?;
        if version == self.read().version {
            return Ok(());
        }
        let rows: Vec<SiteRow> = sqlx::query_as(
            "select account_id, id, site_key, allowed_origins, keep_query, mask_selectors,
                block_selectors, demo
             from sites",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut known = Known {
            version,
            ..Known::default()
        };
        for row in rows {
            let (key, is_demo) = (row.2.clone(), row.7);
            known.by_key.insert(key.clone(), Arc::new(Site::from(row)));
            if is_demo {
                known.demo_key = Some(key);
            }
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }
}

impl From<SiteRow> for Site {
    fn from((account, id, _, origins, keep_query, mask, block, _): SiteRow) -> Self {
        Self {
            account: AccountId(account),
            id: SiteId(id),
            policy_hash: policy_hash(&mask, &block, keep_query),
            mask_selectors: mask,
            block_selectors: block,
            keep_query,
            allowed_origins: origins
                .iter()
                .map(|origin| origin.trim_end_matches('/').to_owned())
                .collect(),
        }
    }
}

/// The first bytes of SHA-256 over the policy, each selector with its length before it.
fn policy_hash(mask: &[String], block: &[String], keep_query: bool) -> PolicyHash {
    let mut hash = Sha256::new();
    for selectors in [mask, block] {
        hash.update((selectors.len() as u64).to_be_bytes());
        for selector in selectors {
            hash.update((selector.len() as u64).to_be_bytes());
            hash.update(selector);
        }
    }
    hash.update([u8::from(keep_query)]);
    let mut first = [0; 8];
    first.copy_from_slice(&hash.finalize()[..8]);
    PolicyHash(first)
}
