//! The schema: who may see what, and which binary may use it.

use footage::postgres::{MigrateError, Pools, migrate};
use footage_actors::ports::Storage;
use sqlx::{PgPool, Row};

use crate::postgres::TestDatabase;
use crate::writes::{Store, batches, message, session_of, write};

/// Tables with rows of tenants.
const TENANT_TABLES: [&str; 9] = [
    "accounts",
    "users",
    "staff_sessions",
    "sites",
    "sessions",
    "streams",
    "pages",
    "gaps",
    "chunks",
];

async fn two_accounts() -> Store {
    let store = Store::open().await;
    for account in 1..=2 {
        let gap = footage_protocol::message::Gap {
            number: 5,
            at_ms: 1,
            first: 4,
            last: 4,
            cause: footage_protocol::message::GapCause::Limit,
            events: 1,
        };
        let mut messages = batches(1..=3);
        messages.push(message(5, &footage_protocol::FromRecorder::Gap(gap)));
        store
            .storage
            .store(vec![write(session_of(account), messages)])
            .await
            .unwrap();
        for statement in [
            "insert into accounts (name) values ('one more')",
            "insert into users (account_id, email, password_hash) values ($1, $1 || '@x', 'h')",
            "insert into sites (account_id, name, site_key) values ($1, 'site', 'key ' || $1)",
            "insert into staff_sessions (id_hash, account_id, user_id, expires_at)
             select sha256(email::bytea), account_id, id, now() + interval '1 day' from users
             where account_id = $1",
        ] {
            let query = sqlx::query(statement);
            let query = if statement.contains("$1") {
                query.bind(account)
            } else {
                query
            };
            query.execute(&store.owner).await.unwrap();
        }
    }
    store
}

async fn rows_seen(pool: &PgPool, account: Option<i64>, table: &str) -> Vec<i64> {
    let column = if table == "accounts" {
        "id"
    } else {
        "account_id"
    };
    let mut transaction = pool.begin().await.unwrap();
    if let Some(account) = account {
        sqlx::query("select set_config('app.account_id', $1, true)")
            .bind(account.to_string())
            .execute(&mut *transaction)
            .await
            .unwrap();
    }
    let statement = sqlx::AssertSqlSafe(format!("select distinct {column} from {table}"));
    sqlx::query_scalar(statement)
        .fetch_all(&mut *transaction)
        .await
        .unwrap()
}

#[tokio::test]
async fn staff_see_their_own_account_and_without_one_nothing() {
    let store = two_accounts().await;
    for table in TENANT_TABLES {
        let all: Vec<i64> = rows_seen(&store.owner, None, table).await;
        assert_eq!(all.len(), 2, "{table}");
        assert!(
            rows_seen(&store.pools.staff, None, table).await.is_empty(),
            "{table}"
        );
        assert_eq!(
            rows_seen(&store.pools.staff, Some(2), table).await,
            [2],
            "{table}"
        );
        assert!(
            rows_seen(&store.pools.staff, Some(99), table)
                .await
                .is_empty(),
            "{table}"
        );
    }
    let after: Vec<i64> = rows_seen(&store.pools.staff, None, "sites").await;
    assert!(after.is_empty(), "the account goes with its transaction");
}

#[tokio::test]
async fn staff_cannot_reach_around_their_account() {
    let store = two_accounts().await;
    for forbidden in [
        "select password_hash from users",
        "insert into sessions (account_id) values (1)",
        "delete from chunks",
        "insert into accounts (name) values ('x')",
        "select footage_ensure_partitions('2020-01-01')",
        "update users set superuser = true",
        "update sites set site_key = 'mine'",
        "update sites set demo = false",
        "update sites set account_id = 1",
        "insert into sites (account_id, name, site_key) values (1, 'x', 'x')",
        "delete from sites",
        "create table mine (x int)",
    ] {
        let said = sqlx::query(forbidden)
            .execute(&store.pools.staff)
            .await
            .unwrap_err();
        let code = said
            .as_database_error()
            .and_then(|error| error.code())
            .unwrap();
        assert_eq!(code, "42501", "{forbidden}: {said}");
    }
    let partition: String =
        sqlx::query_scalar("select min(tableoid::regclass::text) from sessions")
            .fetch_one(&store.owner)
            .await
            .unwrap();
    let direct = sqlx::AssertSqlSafe(format!("select * from {partition}"));
    assert!(
        sqlx::query(direct)
            .fetch_all(&store.pools.staff)
            .await
            .is_err()
    );
    let mut transaction = store.pools.staff.begin().await.unwrap();
    sqlx::query("select set_config('app.account_id', '1', true)")
        .execute(&mut *transaction)
        .await
        .unwrap();
    let changed = sqlx::query("update sites set name = 'mine'")
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1, "of another account");
}

#[tokio::test]
async fn every_table_of_tenants_forces_row_security() {
    let database = TestDatabase::create().await;
    let rows = sqlx::query(
        "select c.relname::text as name, c.relrowsecurity and c.relforcerowsecurity as forced
         from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'account_id'
         where c.relkind in ('r', 'p') and not c.relispartition
            and c.relnamespace = 'public'::regnamespace",
    )
    .fetch_all(&database.owner().await)
    .await
    .unwrap();
    assert!(rows.len() >= TENANT_TABLES.len() - 1);
    for row in rows {
        assert!(
            row.get::<bool, _>("forced"),
            "{}",
            row.get::<String, _>("name")
        );
    }
}

#[tokio::test]
async fn every_pool_plans_for_the_days_at_hand() {
    let database = TestDatabase::create().await;
    let pools = Pools::new(database.connect_options());
    for pool in [&pools.writer, &pools.staff, &pools.jobs] {
        for (setting, wanted) in [("jit", "off"), ("plan_cache_mode", "force_custom_plan")] {
            let found: String = sqlx::query_scalar("select current_setting($1)")
                .bind(setting)
                .fetch_one(pool)
                .await
                .unwrap();
            assert_eq!(found, wanted, "{setting}");
        }
    }
}

#[tokio::test]
async fn what_the_writer_commits_is_durable_whatever_the_database_says() {
    let database = TestDatabase::create().await;
    let owner = database.owner().await;
    for (default, wanted) in [
        ("off", "on"),
        ("local", "on"),
        ("on", "on"),
        ("remote_write", "remote_write"),
        ("remote_apply", "remote_apply"),
    ] {
        let statement = format!(
            "do $$ begin execute format(
                'alter database %I set synchronous_commit = {default}', current_database());
             end $$"
        );
        sqlx::query(sqlx::AssertSqlSafe(statement))
            .execute(&owner)
            .await
            .unwrap();
        let pools = Pools::new(database.connect_options());
        let found: String = sqlx::query_scalar("show synchronous_commit")
            .fetch_one(&pools.writer)
            .await
            .unwrap();
        assert_eq!(found, wanted, "where the database says {default}");
    }
}

#[tokio::test]
async fn the_schema_is_laid_once_and_a_newer_one_is_refused() {
    let database = TestDatabase::create().await;
    let options = database.connect_options();
    let version = migrate(options).await.unwrap();
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values ($1, 'from the future', true, '', 0)",
    )
    .bind(version + 1)
    .execute(&database.owner().await)
    .await
    .unwrap();
    let refused = migrate(options).await.unwrap_err();
    assert!(
        matches!(refused, MigrateError::Newer { found, known } if found == known + 1),
        "{refused}"
    );
    let text = refused.to_string();
    assert!(text.contains(&version.to_string()) && text.contains(&(version + 1).to_string()));
}

#[tokio::test]
async fn a_user_without_rights_is_told_what_an_administrator_must_run() {
    let database = TestDatabase::create().await;
    let owner = database.owner().await;
    sqlx::raw_sql("create role plain login; drop schema public cascade; create schema public")
        .execute(&owner)
        .await
        .unwrap();
    let as_plain = database
        .connect_options()
        .clone()
        .options([("role", "plain")]);
    let refused = migrate(&as_plain).await.unwrap_err().to_string();
    assert!(
        refused.contains("grant footage_writer to \"plain\";"),
        "{refused}"
    );
    assert!(
        !refused.contains("create role footage_writer"),
        "it is there already: {refused}"
    );
    sqlx::raw_sql("grant footage_writer, footage_staff, footage_jobs to plain")
        .execute(&owner)
        .await
        .unwrap();
    let refused = migrate(&as_plain).await.unwrap_err().to_string();
    assert!(
        refused.contains("grant create, usage on schema public to \"plain\";"),
        "{refused}"
    );
    sqlx::raw_sql("grant create, usage on schema public to plain")
        .execute(&owner)
        .await
        .unwrap();
    migrate(&as_plain).await.unwrap();
    Pools::new(&as_plain).check().await.unwrap();
}

#[tokio::test]
async fn no_index_of_sessions_has_a_column_that_changes_while_one_goes_on() {
    let database = TestDatabase::create().await;
    let indexed: Vec<String> = sqlx::query_scalar(
        "select distinct a.attname::text from pg_index i
            join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
         where i.indrelid = 'sessions'::regclass order by 1",
    )
    .fetch_all(&database.owner().await)
    .await
    .unwrap();
    assert_eq!(
        indexed,
        ["account_id", "id", "site_id", "started_on", "visitor"]
    );
}
