//! What was found out, in words and in JSON.

use std::time::Duration;

use serde_json::{Value, json};

use super::Summary;
use super::process::Usage;
use super::refusal;

/// The figures of a run.
#[derive(Debug, Clone)]
pub(crate) struct Report {
    pub(crate) participants: u32,
    /// Since the beginning.
    pub(crate) elapsed: Duration,
    /// How long was measured.
    pub(crate) measured: Duration,
    pub(crate) summary: Summary,
    /// What the server used meanwhile, if its process is known.
    pub(crate) server: Option<Usage>,
    pub(crate) generator: Usage,
}

impl Report {
    pub(crate) fn p99_ms(&self) -> f64 {
        self.latency_ms(0.99)
    }

    /// Who did not get in or did not stay.
    pub(crate) fn missing(&self) -> u64 {
        self.absent() + self.summary.dropped
    }

    /// Who did not get in, whether it has given up or not.
    fn absent(&self) -> u64 {
        u64::from(self.participants).saturating_sub(self.summary.connected)
    }

    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    fn latency_ms(&self, quantile: f64) -> f64 {
        self.summary.latency.value_at_quantile(quantile) as f64 / 1_000.0
    }

    #[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
    fn per_second(&self, count: u64) -> f64 {
        count as f64 / self.measured.as_secs_f64().max(1e-9)
    }

    /// Seconds of processor time per million packets that the server forwarded.
    #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
    fn cost(&self) -> Option<f64> {
        let packets = self.summary.received;
        let used = self.server?.processor.as_secs_f64();
        (packets > 0).then(|| used * 1e6 / packets as f64)
    }

    fn busy(&self, usage: &Usage) -> f64 {
        usage.processor.as_secs_f64() / self.measured.as_secs_f64().max(1e-9)
    }

    /// What the columns of a row are.
    pub(crate) fn header() -> String {
        let server = format!("{:>6} {:>7} {:>7}", "server", "MB", "s/Mpkt");
        format!(
            "{:>5} {:>9} {:>9} {:>8} {:>7} {:>7} {:>7} {:>7} {:>6} {:>6} {:>6}  {server}",
            "s",
            "in",
            "packets/s",
            "Mbit/s",
            "lost %",
            "p50 ms",
            "p95 ms",
            "p99 ms",
            "gap ms",
            "join",
            "bots"
        )
    }

    /// One line of a table. Joins are those of this step: the time to first media of 95 in 100, in milliseconds. Bots and
    /// server are in processors.
    pub(crate) fn row(&self) -> String {
        let summary = &self.summary;
        let server = self.server.map_or(String::new(), |usage| {
            let cost = self
                .cost()
                .map_or(String::new(), |cost| format!("{cost:.2}"));
            let memory = usage.memory / 1_000_000;
            format!("{:>6.2} {memory:>7} {cost:>7}", self.busy(&usage))
        });
        format!(
            "{:>5} {:>9} {:>9.0} {:>8.1} {:>7.3} {:>7.2} {:>7.2} {:>7.2} {:>6} {:>6} {:>6.2}  {server}",
            self.elapsed.as_secs(),
            format!("{}/{}", summary.connected, self.participants),
            self.per_second(summary.received),
            self.per_second(summary.bytes * 8) / 1e6,
            summary.loss() * 100.0,
            self.latency_ms(0.5),
            self.latency_ms(0.95),
            self.p99_ms(),
            summary.longest_gap.as_millis(),
            summary.first_media.value_at_quantile(0.95) / 1_000,
            self.busy(&self.generator),
        )
    }

    /// The figures of a moment, for a narrow place.
    pub(crate) fn brief(&self) -> String {
        let summary = &self.summary;
        format!(
            "{}/{} in, {:.0} packets/s, {:.3} % lost, p99 {:.1} ms",
            summary.connected,
            self.participants,
            self.per_second(summary.received),
            summary.loss() * 100.0,
            self.p99_ms(),
        )
    }

    /// The summary.
    pub(crate) fn text(&self) -> String {
        let summary = &self.summary;
        let millis = |histogram: &hdrhistogram::Histogram<u64>, quantile| {
            histogram.value_at_quantile(quantile) / 1_000
        };
        let mut lines = vec![
            format!(
                "participants   {} of {} connected, {} never got in, {} dropped",
                summary.connected,
                self.participants,
                self.absent(),
                summary.dropped
            ),
            format!(
                "joined within  p50 {} ms, p95 {} ms; first media p50 {} ms, p95 {} ms",
                millis(&summary.joins, 0.5),
                millis(&summary.joins, 0.95),
                millis(&summary.first_media, 0.5),
                millis(&summary.first_media, 0.95),
            ),
            format!(
                "received       {} packets in {:.1} s: {:.0} packets/s, {:.1} Mbit/s",
                summary.received,
                self.measured.as_secs_f64(),
                self.per_second(summary.received),
                self.per_second(summary.bytes * 8) / 1e6,
            ),
            format!(
                "lost           {} ({:.4} %)",
                summary.missing(),
                summary.loss() * 100.0
            ),
            format!(
                "latency        p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms; longest gap {} ms",
                self.latency_ms(0.5),
                self.latency_ms(0.95),
                self.p99_ms(),
                summary.longest_gap.as_millis(),
            ),
            format!("generator      {:.2} cores", self.busy(&self.generator)),
        ];
        if let Some((server, cost)) = self.server.zip(self.cost()) {
            lines.push(format!(
                "server         {:.2} cores, {:.2} processor seconds per million packets, {} MB",
                self.busy(&server),
                cost,
                server.memory / 1_000_000,
            ));
        }
        lines.extend(self.refusals());
        lines.join("\n")
    }

    /// Which attempts were refused, and what a server needs to allow them.
    fn refusals(&self) -> impl Iterator<Item = String> {
        self.summary.refusals.iter().map(|(code, count)| {
            let remedy = refusal::remedy(code);
            let remedy = remedy.map_or(String::new(), |setting| {
                format!("; the server allows more with {setting}")
            });
            format!("refused        {count} attempts: {code}{remedy}")
        })
    }

    /// The summary for programs. Times are in milliseconds unless the name says otherwise.
    pub(crate) fn json(&self) -> Value {
        let summary = &self.summary;
        let quantiles = |histogram: &hdrhistogram::Histogram<u64>| {
            let at = |quantile| histogram.value_at_quantile(quantile);
            json!({ "p50_us": at(0.5), "p95_us": at(0.95), "p99_us": at(0.99), "max_us": histogram.max() })
        };
        json!({
            "participants": self.participants,
            "joined": summary.joined,
            "connected": summary.connected,
            "absent": self.absent(),
            "failed": summary.failed,
            "refusals": summary.refusals,
            "dropped": summary.dropped,
            "measured_s": self.measured.as_secs_f64(),
            "sent": summary.sent,
            "received": summary.received,
            "bytes": summary.bytes,
            "repairs": summary.repairs,
            "forged": summary.forged,
            "lost": summary.missing(),
            "loss": summary.loss(),
            "longest_gap_ms": u64::try_from(summary.longest_gap.as_millis()).unwrap_or(u64::MAX),
            "latency": quantiles(&summary.latency),
            "join": quantiles(&summary.joins),
            "first_media": quantiles(&summary.first_media),
            "generator_cores": self.busy(&self.generator),
            "server_cores": self.server.map(|usage| self.busy(&usage)),
            "server_memory_bytes": self.server.map(|usage| usage.memory),
            "server_seconds_per_million_packets": self.cost(),
        })
    }
}
