//! The private servers do to a client what the fault tests rely on: die, hang, come back with their data.
//! Never tests the servers themselves.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use accession_testkit::{
    PrivateNats, PrivatePostgres, PrivateRedis, Stores, eventually, fresh_database,
};
use sqlx::{Connection, PgConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const LONG: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_killed_postgres_comes_back_with_what_was_committed() {
    let server = PrivatePostgres::start().await;
    let mut client = PgConnection::connect(&server.url()).await.unwrap();
    sqlx::query("CREATE TABLE kept AS SELECT 7 AS number")
        .execute(&mut client)
        .await
        .unwrap();

    server.kill();
    assert!(client.ping().await.is_err(), "the connection must be gone");
    assert!(PgConnection::connect(&server.url()).await.is_err());

    server.restart().await;
    let mut client = PgConnection::connect(&server.url()).await.unwrap();
    let number: i32 = sqlx::query_scalar("SELECT number FROM kept")
        .fetch_one(&mut client)
        .await
        .unwrap();
    assert_eq!(number, 7);
}

#[tokio::test]
async fn a_paused_postgres_hangs_and_answers_after_resume() {
    let server = PrivatePostgres::start().await;
    let mut client = PgConnection::connect(&server.url()).await.unwrap();

    server.pause();
    let hung = tokio::time::timeout(Duration::from_millis(200), client.ping()).await;
    assert!(hung.is_err(), "a paused server must not answer");

    server.resume();
    eventually(LONG, || async {
        PgConnection::connect(&server.url()).await.map(|_| ())
    })
    .await;
}

#[tokio::test]
async fn a_stopped_server_is_down_until_it_is_restarted() {
    let server = PrivateRedis::start().await;
    server.stop().await;
    assert!(server.id().is_none());
    assert!(ask_redis(server.port(), "PING").await.is_err());

    server.restart().await;
    assert_eq!(ask_redis(server.port(), "PING").await.unwrap(), "+PONG\r\n");
}

#[tokio::test]
async fn redis_forgets_on_a_kill_unless_it_is_durable() {
    for (server, kept) in [
        (PrivateRedis::start().await, "$-1\r\n"),
        (PrivateRedis::start_durable().await, "$1\r\n7\r\n"),
    ] {
        ask_redis(server.port(), "SET number 7").await.unwrap();
        server.kill();
        server.restart().await;
        let answer = ask_redis(server.port(), "GET number").await.unwrap();
        assert_eq!(answer, kept);
    }
}

#[tokio::test]
async fn a_killed_nats_comes_back_on_its_port() {
    let server = PrivateNats::start().await;
    let (before, url) = (server.id(), server.url());
    server.kill();
    assert!(
        TcpStream::connect(("127.0.0.1", server.port()))
            .await
            .is_err()
    );

    server.restart().await;
    assert_eq!(server.url(), url);
    assert_ne!(server.id(), before);
    assert!(
        TcpStream::connect(("127.0.0.1", server.port()))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn a_dropped_server_leaves_no_process() {
    let server = PrivateNats::start().await;
    let port = server.port();
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn a_fresh_database_is_empty_and_gone_after_the_test() {
    let admin = &Stores::shared().postgres_url;
    let database = fresh_database(admin).await;
    let name = database.name().to_owned();
    let mut client = PgConnection::connect(database.url()).await.unwrap();
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
            .fetch_one(&mut client)
            .await
            .unwrap();
    assert_eq!(tables, 0);

    drop(database); // with a connection still open
    let mut client = PgConnection::connect(admin).await.unwrap();
    let left: i64 = sqlx::query_scalar("SELECT count(*) FROM pg_database WHERE datname = $1")
        .bind(&name)
        .fetch_one(&mut client)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn eventually_hands_back_the_value_once_it_is_there() {
    let mut polls = 0;
    let value = eventually(LONG, || {
        polls += 1;
        let answer = (polls == 3).then_some("there");
        async move { answer }
    })
    .await;
    assert_eq!((value, polls), ("there", 3));
}

#[tokio::test]
#[should_panic(expected = "did not hold within 20ms: two of three rows")]
async fn eventually_says_what_was_missing() {
    eventually(Duration::from_millis(20), || async {
        Err::<(), _>("two of three rows")
    })
    .await;
}

async fn ask_redis(port: u16, command: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream
        .write_all(format!("{command}\r\n").as_bytes())
        .await?;
    let mut answer = vec![0; 64];
    let length = stream.read(&mut answer).await?;
    answer.truncate(length);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

/// Runs itself as a second process, which holds a server and is then killed like a test that hangs.
#[tokio::test]
async fn a_killed_test_process_leaves_no_server_behind() {
    const HOLD: &str = "ACCESSION_TESTKIT_HOLD";
    if std::env::var_os(HOLD).is_some() {
        let server = PrivateRedis::start().await;
        println!("port={}", server.port());
        std::future::pending::<()>().await;
    }
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_killed_test_process_leaves_no_server_behind"])
        .arg("--nocapture")
        .env(HOLD, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let port: u16 = BufReader::new(holder.stdout.take().unwrap())
        .lines()
        .find_map(|line| line.unwrap().split_once("port=")?.1.trim().parse().ok())
        .expect("the holder prints its port");
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_ok());

    holder.kill().unwrap();
    holder.wait().unwrap();
    eventually(LONG, || async {
        TcpStream::connect(("127.0.0.1", port)).await.is_err()
    })
    .await;
}
