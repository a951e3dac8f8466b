//! A database of the test's own on a shared server, so that tests run side by side.
//! Never reused: it is dropped with its guard, cutting whatever connections are left.

use sqlx::{Connection, PgConnection};

use crate::stores::unique_name;

/// A new, empty database; dropping this drops it.
#[derive(Debug)]
pub struct FreshDatabase {
    admin_url: String,
    name: String,
    url: String,
}

impl FreshDatabase {
    /// The superuser's URL to the new database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name, `test_…`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Creates a database on the server that `admin_url` (a superuser's) names.
///
/// # Panics
/// When the server does not answer or refuses; the message names the server.
pub async fn fresh_database(admin_url: &str) -> FreshDatabase {
    let name = unique_name("test");
    execute(admin_url, &format!("CREATE DATABASE {name}"))
        .await
        .unwrap_or_else(|error| panic!("creating database {name} at {admin_url}: {error}"));
    FreshDatabase {
        url: with_database(admin_url, &name),
        admin_url: admin_url.to_owned(),
        name,
    }
}

impl Drop for FreshDatabase {
    fn drop(&mut self) {
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let admin_url = self.admin_url.clone();
        // A thread of its own, because a destructor cannot wait inside the test's runtime. Best
        // effort: a server that the test has killed has no database left to drop.
        let dropping = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map(|runtime| runtime.block_on(execute(&admin_url, &statement)))
        });
        let _ = dropping.join();
    }
}

async fn execute(url: &str, statement: &str) -> sqlx::Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    sqlx::query(statement).execute(&mut connection).await?;
    connection.close().await
}

/// Replaces the path of a URL and keeps its query.
fn with_database(url: &str, database: &str) -> String {
    let (address, query) = match url.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (url, String::new()),
    };
    let authority = address.find("://").map_or(0, |at| at + 3);
    let server = match address.get(authority..).and_then(|rest| rest.find('/')) {
        Some(slash) => address.get(..authority + slash).unwrap_or(address),
        None => address,
    };
    format!("{server}/{database}{query}")
}

#[cfg(test)]
mod tests {
    use super::with_database;

    #[test]
    fn the_database_of_a_url_is_replaced_and_its_query_kept() {
        let cases = [
            ("postgres://u@h:1/postgres", "postgres://u@h:1/test_x"),
            ("postgres://u@h:1", "postgres://u@h:1/test_x"),
            (
                "postgres://u@h:1/a?sslmode=disable",
                "postgres://u@h:1/test_x?sslmode=disable",
            ),
        ];
        for (given, expected) in cases {
            assert_eq!(with_database(given, "test_x"), expected);
        }
    }
}
