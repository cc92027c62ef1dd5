//! The files that a server's settings stand in, as the server itself names them.

use std::path::PathBuf;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use crate::recovery::{Error, Result};

/// Who may connect can be told by more files from version 16 on, which names them.
const FILES: &str = "
    select current_setting('config_file') as file
    union select current_setting('hba_file') union select current_setting('ident_file')
    union select current_setting('data_directory') || '/postgresql.auto.conf'
    union select sourcefile from pg_file_settings where sourcefile is not null
    union select to_jsonb(h)->>'file_name' from pg_hba_file_rules h where to_jsonb(h) ? 'file_name'
    union select to_jsonb(i)->>'file_name' from pg_ident_file_mappings i where to_jsonb(i) ? 'file_name'
     order by 1";

/// Names them.
///
/// # Errors
/// When it can't be asked.
pub async fn settings_files(options: &PgConnectOptions) -> Result<Vec<PathBuf>> {
    let failed = || Error::live("asking for the files of its settings");
    let mut conn = PgConnection::connect_with(options).await.map_err(failed())?;
    let files: Vec<String> =
        sqlx::query_scalar(FILES).fetch_all(&mut conn).await.map_err(failed())?;
    conn.close().await.map_err(failed())?;
    Ok(files.into_iter().map(PathBuf::from).collect())
}
