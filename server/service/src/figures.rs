//! The public figures, made once a day.

use std::sync::Arc;

use domain::{
    Clock,
    clock::china_date,
    figures::{Figures, Window},
    service::services,
    working_days::working_days,
};
use jiff::civil::Date;
use service_api::Unavailable;
use store::Store;
use tokio::sync::Mutex;

use crate::disclosure::unavailable;

/// The figures of a day: what ends with yesterday stays as it is until midnight in China.
#[derive(Debug, Default)]
pub(crate) struct DailyFigures(Mutex<Option<(Date, [Arc<Figures>; 3])>>);

impl DailyFigures {
    /// The figures of a window as they are today. Whoever comes while they are made waits for them.
    pub(crate) async fn of(
        &self,
        store: &dyn Store,
        clock: &dyn Clock,
        window: Window,
    ) -> Result<Arc<Figures>, Unavailable> {
        let today = china_date(clock.now());
        let mut kept = self.0.lock().await;
        let made = match &*kept {
            Some((day, made)) if *day == today => made.clone(),
            _ => {
                let (since, _) = Window::Year.around(today);
                let handled = store.handled(since, today).await.map_err(unavailable)?;
                let made = Window::ALL.map(|window| {
                    Arc::new(Figures::of(&handled, window, today, services(), working_days()))
                });
                *kept = Some((today, made.clone()));
                made
            }
        };
        drop(kept);
        let found = made.into_iter().find(|figures| figures.window == window);
        found.ok_or(Unavailable)
    }
}
