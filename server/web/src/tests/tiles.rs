use super::harness::Web;

fn of(square: &str) -> String {
    format!("/api/v1/tiles/{square}")
}

#[tokio::test]
async fn m4_m8_tiles_come_from_here_and_have_nothing_of_a_register() {
    let web = Web::open();
    // The farmland and the parcels of the data set `small` lie in it.
    let here = web.get(&of("14/13651/6731")).await;
    assert_eq!((here.status, here.kind()), (200, "application/vnd.mapbox-vector-tile"));
    assert_eq!(here.header("cache-control"), "no-cache");
    assert!(here.body.is_empty(), "a register's layers are given out to nobody (row 36)");
    let far = web.get(&of("14/1/1")).await;
    assert_eq!((far.status, far.header("etag")), (200, here.header("etag")), "answered alike");
    let known = here.header("etag").to_owned();
    let again = web.get_with(&of("14/13651/6731"), &[("if-none-match", &known)]).await;
    assert_eq!(again.status, 304);
}

#[tokio::test]
async fn m6_what_is_no_square_of_the_grid_or_too_close_is_refused() {
    let web = Web::open();
    for square in
        ["19/1/1", "7/1/1", "14/16384/1", "14/1/16384", "a/b/c", "14/-1/1", "14/1/6731.mvt"]
    {
        web.get(&of(square)).await.is_problem(400, "bad-request");
    }
}
