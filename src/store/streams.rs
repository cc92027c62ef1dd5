//! Chains of entries. Appending locks the head, so it comes last in a transaction; the lock order
//! is incident, its stream, the installation's stream.

use ring::rand::{SystemRandom, generate};
use sqlx::PgConnection;
use time::OffsetDateTime;

use super::{StoreError, StoreResult, corrupt};
use crate::domain::id::{EntryId, StreamId};
use crate::domain::timeline::{
    Actor, Body, Content, Digest, Draft, Entry, Head, Kind, Record, Stream,
};

/// What is to be written down.
#[derive(Debug, Clone)]
pub struct Note {
    /// Its identity; a browser may have made it, so that pressing twice writes once.
    pub id: EntryId,
    /// What sort of thing it says.
    pub kind: Kind,
    /// Who caused it.
    pub actor: Actor,
    /// When it happened.
    pub occurred_at: OffsetDateTime,
    /// What it says.
    pub body: Body,
}

impl Note {
    /// Something that happens now.
    #[must_use]
    pub fn new(kind: Kind, actor: Actor, body: Body, now: OffsetDateTime) -> Note {
        Note { id: EntryId::new(now), kind, actor, occurred_at: now, body }
    }
}

/// Begins a stream that has no entries yet.
pub async fn create(conn: &mut PgConnection, stream: StreamId, kind: &str) -> StoreResult<()> {
    sqlx::query!(
        "insert into streams (id, kind, hash) values ($1, $2, $3)",
        stream.0,
        kind,
        &Head::START.hash.0[..],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The installation's own stream.
pub async fn installation(conn: &mut PgConnection) -> StoreResult<StreamId> {
    let id = sqlx::query_scalar!("select id from streams where kind = 'installation'")
        .fetch_one(conn)
        .await?;
    Ok(StreamId(id))
}

/// Writes the stream's next entry. The head stays locked until the transaction ends.
pub async fn append(
    conn: &mut PgConnection,
    stream: StreamId,
    note: &Note,
    now: OffsetDateTime,
) -> StoreResult<Entry> {
    let head = lock(conn, stream).await?;
    let salt: [u8; 16] = generate(&SystemRandom::new())
        .map_err(|_| corrupt("entry_bodies", stream, "the system has no random numbers"))?
        .expose();
    let draft = Draft {
        id: note.id,
        kind: note.kind,
        actor: note.actor.clone(),
        occurred_at: note.occurred_at,
        content: Content::new(salt, &note.body),
    };
    let entry = head.next_entry(&draft, now);
    insert(conn, &entry, &draft.content).await?;
    Ok(entry)
}

async fn lock(conn: &mut PgConnection, stream: StreamId) -> StoreResult<Stream> {
    let row = sqlx::query!(
        "select seq, hash, recorded_at from streams where id = $1 for update",
        stream.0,
    )
    .fetch_one(conn)
    .await?;
    let head = Head { seq: row.seq, hash: digest(stream, &row.hash)? };
    Ok(Stream { id: stream, head, recorded_at: row.recorded_at })
}

async fn insert(conn: &mut PgConnection, entry: &Entry, content: &Content) -> StoreResult<()> {
    sqlx::query!(
        "insert into entries (stream, seq, id, kind, actor, occurred_at, recorded_at,
                              body_digest, previous, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        entry.stream.0,
        entry.seq,
        entry.id.0,
        entry.kind.name(),
        entry.actor.to_string(),
        entry.occurred_at,
        entry.recorded_at,
        &entry.body_digest.0[..],
        &entry.previous_hash.0[..],
        &entry.hash.0[..],
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into entry_bodies (stream, seq, salt, body) values ($1, $2, $3, $4)",
        entry.stream.0,
        entry.seq,
        &content.salt[..],
        content.text.as_bytes(),
    )
    .execute(&mut *conn)
    .await?;
    let moved = sqlx::query!(
        "update streams set seq = $2, hash = $3, recorded_at = $4 where id = $1",
        entry.stream.0,
        entry.seq,
        &entry.hash.0[..],
        entry.recorded_at,
    )
    .execute(&mut *conn)
    .await?;
    super::one("streams", &moved)?;
    super::changes::tell(conn, entry.stream).await
}

/// Where a stream ends.
pub async fn head(conn: &mut PgConnection, stream: StreamId) -> StoreResult<Option<Head>> {
    let row = sqlx::query!("select seq, hash from streams where id = $1", stream.0)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok(Head { seq: row.seq, hash: digest(stream, &row.hash)? })).transpose()
}

/// Every stream and where it ends.
pub async fn heads(conn: &mut PgConnection) -> StoreResult<Vec<(StreamId, Head)>> {
    let rows =
        sqlx::query!("select id, seq, hash from streams order by id").fetch_all(conn).await?;
    rows.into_iter()
        .map(|row| {
            let stream = StreamId(row.id);
            Ok((stream, Head { seq: row.seq, hash: digest(stream, &row.hash)? }))
        })
        .collect()
}

/// Up to `limit` entries after `after`, oldest first.
pub async fn after(
    conn: &mut PgConnection,
    stream: StreamId,
    after: i64,
    limit: i64,
) -> StoreResult<Vec<Record>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.stream, e.seq, e.id, e.kind, e.actor, e.occurred_at, e.recorded_at,
                  e.body_digest, e.previous, e.hash, b.salt as "salt?", b.body as "body?"
           from entries e left join entry_bodies b on b.stream = e.stream and b.seq = e.seq
           where e.stream = $1 and e.seq > $2 order by e.seq limit $3"#,
        stream.0,
        after,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

/// The newest `limit` entries below number `before`, newest first.
pub async fn newest(
    conn: &mut PgConnection,
    stream: StreamId,
    before: Option<i64>,
    limit: i64,
) -> StoreResult<Vec<Record>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.stream, e.seq, e.id, e.kind, e.actor, e.occurred_at, e.recorded_at,
                  e.body_digest, e.previous, e.hash, b.salt as "salt?", b.body as "body?"
           from entries e left join entry_bodies b on b.stream = e.stream and b.seq = e.seq
           where e.stream = $1 and ($2::bigint is null or e.seq < $2)
           order by e.seq desc limit $3"#,
        stream.0,
        before,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

/// The entries of these numbers, oldest first.
pub async fn these(
    conn: &mut PgConnection,
    stream: StreamId,
    seqs: &[i64],
) -> StoreResult<Vec<Record>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.stream, e.seq, e.id, e.kind, e.actor, e.occurred_at, e.recorded_at,
                  e.body_digest, e.previous, e.hash, b.salt as "salt?", b.body as "body?"
           from entries e left join entry_bodies b on b.stream = e.stream and b.seq = e.seq
           where e.stream = $1 and e.seq = any($2) order by e.seq"#,
        stream.0,
        seqs,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

/// The entries of a kind, oldest first.
pub async fn of_kind(
    conn: &mut PgConnection,
    stream: StreamId,
    kind: Kind,
) -> StoreResult<Vec<Record>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.stream, e.seq, e.id, e.kind, e.actor, e.occurred_at, e.recorded_at,
                  e.body_digest, e.previous, e.hash, b.salt as "salt?", b.body as "body?"
           from entries e left join entry_bodies b on b.stream = e.stream and b.seq = e.seq
           where e.stream = $1 and e.kind = $2 order by e.seq"#,
        stream.0,
        kind.name(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

/// The newest `limit` entries of a kind, newest first.
pub async fn newest_of_kind(
    conn: &mut PgConnection,
    stream: StreamId,
    kind: Kind,
    limit: i64,
) -> StoreResult<Vec<Record>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select e.stream, e.seq, e.id, e.kind, e.actor, e.occurred_at, e.recorded_at,
                  e.body_digest, e.previous, e.hash, b.salt as "salt?", b.body as "body?"
           from entries e left join entry_bodies b on b.stream = e.stream and b.seq = e.seq
           where e.stream = $1 and e.kind = $2 order by e.seq desc limit $3"#,
        stream.0,
        kind.name(),
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::record).collect()
}

/// The entry of that identity, wherever it stands: a form that was sent again finds its own.
pub async fn find(conn: &mut PgConnection, id: EntryId) -> StoreResult<Option<Record>> {
    let row = sqlx::query_as!(
        Row,
        r#"select e.stream, e.seq, e.id, e.kind, e.actor, e.occurred_at, e.recorded_at,
                  e.body_digest, e.previous, e.hash, b.salt as "salt?", b.body as "body?"
           from entries e left join entry_bodies b on b.stream = e.stream and b.seq = e.seq
           where e.id = $1"#,
        id.0,
    )
    .fetch_optional(conn)
    .await?;
    row.map(Row::record).transpose()
}

struct Row {
    stream: uuid::Uuid,
    seq: i64,
    id: uuid::Uuid,
    kind: String,
    actor: String,
    occurred_at: OffsetDateTime,
    recorded_at: OffsetDateTime,
    body_digest: Vec<u8>,
    previous: Vec<u8>,
    hash: Vec<u8>,
    salt: Option<Vec<u8>>,
    body: Option<Vec<u8>>,
}

impl Row {
    fn record(self) -> StoreResult<Record> {
        let stream = StreamId(self.stream);
        let content = self.salt.zip(self.body).map(|(salt, body)| content(self.seq, salt, body));
        Ok(Record {
            stream,
            seq: self.seq,
            id: EntryId(self.id),
            kind: self.kind,
            actor: self.actor,
            occurred_at: self.occurred_at,
            recorded_at: self.recorded_at,
            body_digest: digest(stream, &self.body_digest)?,
            previous_hash: digest(stream, &self.previous)?,
            hash: digest(stream, &self.hash)?,
            content: content.transpose()?,
        })
    }
}

fn content(seq: i64, salt: Vec<u8>, body: Vec<u8>) -> StoreResult<Content> {
    let salt =
        salt.try_into().map_err(|_| corrupt("entry_bodies", seq, "salt of another length"))?;
    let text = String::from_utf8(body).map_err(|error| corrupt("entry_bodies", seq, error))?;
    Ok(Content { salt, text })
}

fn digest(stream: StreamId, bytes: &[u8]) -> Result<Digest, StoreError> {
    let bytes = bytes.try_into().map_err(|_| corrupt("streams", stream, "digest of odd length"))?;
    Ok(Digest(bytes))
}
