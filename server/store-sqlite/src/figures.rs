//! What the public figures are made of.

use domain::{clock::start_in_china, figures::Handled};
use jiff::civil::Date;
use rusqlite::{Connection, Row};

use super::{
    error::SqliteError,
    value::{corrupt, instant, text, text_or_null},
};

/// One look at every event, in the index that is there for it; days are those of China (UTC+8). Of a request that was
/// taken up again the last round counts: `again` has the event by which it began.
const HANDLED: &str = "
    with again as materialized (
        select e.request_id, max(e.sequence) sequence
        from request_event e indexed by request_event_figures
        join request_event b on b.request_id = e.request_id and b.sequence = e.sequence - 1
        where e.state = 'in_progress' and e.at < ?2 and b.state in ('decided', 'returned')
        group by e.request_id
    )
    select item, date(received, '+8 hours'), date(begun, '+8 hours'), date(decided, '+8 hours'),
        date(withdrawn, '+8 hours'), rated % 10, count(*)
    from (
        select r.item, r.submitted_at received,
            min(iif(e.state in ('acknowledged', 'in_progress', 'decided', 'returned')
                and e.sequence >= coalesce(a.sequence, 0), e.at, null)) begun,
            min(iif(e.state in ('decided', 'returned')
                and e.sequence >= coalesce(a.sequence, 0), e.at, null)) decided,
            min(iif(e.state = 'withdrawn', e.at, null)) withdrawn,
            max(iif(e.stars is null, null, e.sequence * 10 + e.stars)) rated
        from request_event e indexed by request_event_figures join request r on r.id = e.request_id
        left join again a on a.request_id = e.request_id
        where e.at < ?2
        group by e.request_id
    )
    where coalesce(decided, withdrawn, ?1) >= ?1
    group by 1, 2, 3, 4, 5, 6";

/// What became of requests until the eve of `today`; what ended before `since` is left out.
pub(super) fn handled(
    connection: &Connection,
    since: Date,
    today: Date,
) -> Result<Vec<Handled>, SqliteError> {
    let [since, today] = [since, today].map(|day| instant(start_in_china(day)));
    connection.prepare_cached(HANDLED)?.query_and_then([since, today], read)?.collect()
}

fn read(row: &Row<'_>) -> Result<Handled, SqliteError> {
    let day = |text: &str| text.parse::<Date>().map_err(corrupt("day"));
    let day_or_none = |column| text_or_null(row, column)?.map(day).transpose();
    Ok(Handled {
        item: text(row, 0)?.to_owned(),
        received: day(text(row, 1)?)?,
        begun: day_or_none(2)?,
        decided: day_or_none(3)?,
        withdrawn: day_or_none(4)?,
        stars: row.get(5)?,
        count: row.get(6)?,
    })
}
