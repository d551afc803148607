//! One participant of the load.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use seameet_client::Event;
use seameet_client::driver::Driver;

use super::Plan;
use super::adapter::Adapter;
use super::measure::Measures;
use super::playing::Playing;
use super::refusal::Refusal;

/// Who it is.
#[derive(Debug, Clone)]
pub(crate) struct Bot {
    pub(crate) number: u32,
    pub(crate) room: String,
    /// Which of its room's.
    pub(crate) place: u32,
    pub(crate) publishes: bool,
    /// Counted from the beginning.
    pub(crate) joins_after: Duration,
}

/// From when to when the run goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) begin: Instant,
    pub(crate) end: Instant,
}

/// Joins, publishes and receives until the end. Tries again where a client would.
pub(crate) async fn play<A: Adapter>(
    bot: Bot,
    plan: Plan,
    measures: Arc<Mutex<Measures>>,
    span: Span,
) {
    tokio::time::sleep_until((span.begin + bot.joins_after).into()).await;
    let since = Instant::now();
    for attempt in 1.. {
        let attended = Box::pin(attend::<A>(&bot, &plan, &measures, (since, span)));
        let Err(refusal) = attended.await else { return };
        note(&measures, |measures| measures.refused(&refusal.code));
        let again = Instant::now() + Refusal::pause(attempt, bot.number);
        if !refusal.is_passing || again >= span.end {
            note(&measures, Measures::failed);
            return;
        }
        tokio::time::sleep_until(again.into()).await;
    }
}

/// Takes part once. Fails if it did not get in.
async fn attend<A: Adapter>(
    bot: &Bot,
    plan: &Plan,
    measures: &Arc<Mutex<Measures>>,
    (since, span): (Instant, Span),
) -> Result<(), Refusal> {
    let enter = |address| A::enter(bot, plan, address);
    let connected = Driver::connect_machine(&plan.url, plan.origin.of(bot.number), enter).await;
    let mut driver: Box<Driver<A>> = Box::new(connected.map_err(|error| Refusal::of_join(&error))?);
    let mut playing = Playing::new(plan, Arc::clone(measures), since);
    while Instant::now() < span.end {
        let until = playing.deadline().unwrap_or(span.end).min(span.end);
        match driver.next(until).await {
            Some(Event::Connected) => playing.begin(bot, plan, span),
            Some(Event::Ended(reason)) if !playing.is_in() => {
                return Err(Refusal::of_end(&reason));
            }
            Some(Event::Ended(_)) => {
                note(measures, Measures::dropped);
                return Ok(());
            }
            Some(event) => playing.take(event),
            None => {}
        }
        playing.act(driver.participant());
    }
    if !playing.is_in() {
        note(measures, Measures::failed);
    }
    Box::pin(driver.leave()).await;
    Ok(())
}

pub(crate) fn note(measures: &Mutex<Measures>, what: impl FnOnce(&mut Measures)) {
    what(&mut measures.lock().unwrap_or_else(PoisonError::into_inner));
}
