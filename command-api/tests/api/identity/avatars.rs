//! Pictures: set, served, removed.
//!
//! Never serves what was sent.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::app::App;

/// A PNG of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

#[tokio::test]
async fn a_picture_is_served_as_webp_for_ever_until_its_owner_removes_it() {
    for app in App::everywhere().await {
        let ana = app.sign_up("ana").await;
        let pixel = STANDARD.decode(PIXEL).unwrap();
        let set = app
            .post("/api/v1/users/me/avatar")
            .bearer(&ana.token)
            .text(pixel.clone())
            .send()
            .await
            .ok();
        let url = set.json()["avatar_url"].as_str().unwrap().to_owned();
        let served = app.get(&url).send_bytes().await;
        assert_eq!(served.0.as_u16(), 200);
        assert_eq!(
            (&served.2[..4], &served.2[8..12]),
            (&b"RIFF"[..], &b"WEBP"[..])
        );
        assert!(
            served.1["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        let tag = served.1["etag"].to_str().unwrap().to_owned();
        assert_eq!(
            app.get(&url)
                .header("if-none-match", &tag)
                .send_bytes()
                .await
                .0
                .as_u16(),
            304
        );
        app.delete("/api/v1/users/me/avatar")
            .bearer(&ana.token)
            .send()
            .await
            .ok();
        assert_eq!(
            app.get(&url).send().await.problem(),
            (404, "not_found".into())
        );
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_its_header_says() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let post = |bytes: Vec<u8>| {
        app.post("/api/v1/users/me/avatar")
            .bearer(&ana.token)
            .header("content-type", "image/png")
            .text(bytes)
            .send()
    };
    for (bytes, expected) in [
        (vec![], (400, "empty_body")),
        (
            b"<svg onload=alert(1)>".to_vec(),
            (415, "unsupported_media_type"),
        ),
        (b"\x89PNG\r\n\x1a\nbroken".to_vec(), (422, "broken_picture")),
        (vec![0; 3 * 1024 * 1024], (413, "body_too_large")),
    ] {
        assert_eq!(post(bytes).await.problem(), (expected.0, expected.1.into()));
    }
}

#[tokio::test]
async fn a_picture_comes_in_a_form_too_and_what_the_form_says_of_it_counts_for_nothing() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let post = |field: &str, contents: &[u8]| {
        let head = format!(
            "--XX\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"me.txt\"\r\nContent-Type: text/plain\r\n\r\n"
        );
        let body = [head.as_bytes(), contents, b"\r\n--XX--\r\n"].concat();
        app.post("/api/v1/users/me/avatar")
            .bearer(&ana.token)
            .header("content-type", "multipart/form-data; boundary=XX")
            .text(body)
            .send()
    };
    let pixel = STANDARD.decode(PIXEL).unwrap();
    let set = post("file", &pixel).await.ok();
    assert!(
        set.json()["avatar_url"]
            .as_str()
            .unwrap()
            .starts_with("/avatars/")
    );
    assert_eq!(post("picture", &pixel).await.problem().0, 400);
    assert_eq!(post("file", b"GIF89a").await.problem().0, 415);
}

#[tokio::test]
async fn a_repeat_of_an_older_picture_takes_no_newer_one_away() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let set = |bytes: Vec<u8>, key: &str| {
        let call = app.post("/api/v1/users/me/avatar").bearer(&ana.token);
        call.key(key).text(bytes).send()
    };
    let url = |said: &crate::app::Answered| said.json()["avatar_url"].as_str().unwrap().to_owned();
    let black = STANDARD.decode(PIXEL).unwrap();
    let older = set(black.clone(), "k1").await.ok();
    let mut white = std::io::Cursor::new(Vec::new());
    let pixels = image::RgbImage::from_pixel(2, 2, image::Rgb([255; 3]));
    pixels
        .write_to(&mut white, image::ImageFormat::Png)
        .unwrap();
    let white = white.into_inner();
    let newer = set(white, "k2").await.ok();
    assert_ne!(url(&older), url(&newer));
    assert_eq!(url(&set(black, "k1").await.ok()), url(&older));
    assert_eq!(app.get(url(&newer)).send_bytes().await.0, 200);
    assert_eq!(app.get(url(&older)).send_bytes().await.0, 404);
}
