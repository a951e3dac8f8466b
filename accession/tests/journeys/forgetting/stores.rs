//! Every byte that a system keeps: files, tables as text, keys of Redis.
//!
//! Never through the program: it would say what it wants to say.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use accession_testkit::eventually;
use sqlx::{PgPool, Row as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::premises::Premises;
use crate::system::{SOON, text};

/// The words that bytes have in them, in any case, as text or as the hexadecimal digits of it.
fn tells(bytes: &[u8], words: &[&str]) -> Vec<String> {
    let lower = bytes.to_ascii_lowercase();
    let has = |wanted: &[u8]| lower.windows(wanted.len()).any(|window| window == wanted);
    let found = words.iter().filter(|word| {
        let digits = word.bytes().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").unwrap();
            digits
        });
        has(word.as_bytes()) || has(digits.as_bytes())
    });
    found.map(|word| (*word).to_owned()).collect()
}

fn files(folder: &Path, but_for: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let skipped = path.file_name().is_some_and(|name| name == but_for);
        if path.is_dir() && !skipped {
            found.extend(files(&path, "-"));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

impl Premises {
    /// Files of the data directory with any of these words in them, but for one folder.
    pub(crate) fn files_telling(&self, words: &[&str], but_for: &str) -> Vec<String> {
        let all = files(self.folder(), but_for);
        assert!(!all.is_empty());
        let told = all.iter().filter_map(|path| {
            let words = tells(&std::fs::read(path).ok()?, words);
            (!words.is_empty()).then(|| format!("{}: {words:?}", path.display()))
        });
        told.collect()
    }
}

/// Waits until every mail has left, so that no address waits with one.
pub(super) async fn nothing_waits(at: &Premises) {
    eventually(SOON, async || {
        let waiting = text(&at.run(&["mail", "list", "--json"]));
        waiting.trim().is_empty() || waiting.trim() == "[]"
    })
    .await;
}

/// Tables of the database with any of these words in a row.
pub(super) async fn tables_telling(at: &Premises, words: &[&str]) -> Vec<String> {
    let pool = PgPool::connect(&at.setting("ACCESSION_LOG_URL").unwrap())
        .await
        .unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables \
         WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    assert!(tables.len() > 8, "{tables:?}");
    let mut told = Vec::new();
    for table in tables {
        let statement = format!("SELECT t::text FROM {table} AS t");
        let rows = sqlx::query(&statement).fetch_all(&pool).await;
        for row in rows.unwrap() {
            let row: String = row.get(0);
            let found = tells(row.as_bytes(), words);
            if !found.is_empty() {
                told.push(format!("{table}: {found:?}"));
            }
        }
    }
    told
}

/// Keys of the read store with any of these words in them or in what they hold.
pub(super) async fn keys_telling(at: &Premises, words: &[&str]) -> Vec<String> {
    let url = at.setting("ACCESSION_READ_STORE_URL").unwrap();
    let address = url.trim_start_matches("redis://").trim_end_matches('/');
    let address = address.split('/').next().unwrap();
    let mut redis = TcpStream::connect(address).await.unwrap();
    let namespace = at.setting("ACCESSION_READ_STORE_NAMESPACE").unwrap();
    // Whatever kind a key is of: its parts as one flat list.
    let script = "local r = {} for _, k in ipairs(redis.call('KEYS', ARGV[1])) do local t = redis.call('TYPE', k).ok \
        local v if t == 'string' then v = { redis.call('GET', k) } elseif t == 'hash' then v = redis.call('HGETALL', k) \
        elseif t == 'zset' then v = redis.call('ZRANGE', k, 0, -1) elseif t == 'set' then v = redis.call('SMEMBERS', k) \
        elseif t == 'list' then v = redis.call('LRANGE', k, 0, -1) else v = redis.call('XRANGE', k, '-', '+') end \
        table.insert(r, k) table.insert(r, cjson.encode(v)) end return table.concat(r, '\\n')";
    let pattern = format!("*{namespace}*");
    let parts = ["EVAL", script, "0", &pattern];
    let mut request = format!("*{}\r\n", parts.len());
    for part in parts {
        write!(request, "${}\r\n{part}\r\n", part.len()).unwrap();
    }
    redis.write_all(request.as_bytes()).await.unwrap();
    let answer = bulk(&mut redis).await;
    assert!(answer.len() > 1000, "{}", String::from_utf8_lossy(&answer));
    tells(&answer, words)
}

/// A bulk string of Redis' protocol.
async fn bulk(redis: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n") {
        head.push(redis.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .trim()
        .strip_prefix('$')
        .unwrap_or_else(|| panic!("{head}"));
    let mut body = vec![0; length.parse().unwrap()];
    redis.read_exact(&mut body).await.unwrap();
    body
}
