//! Medians with their spread.

/// The middle of several figures, the least and the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) greatest: f64,
}

impl Spread {
    /// `None` of nothing.
    pub(super) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<_> = figures.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (least, greatest) = (*sorted.first()?, *sorted.last()?);
        let upper = sorted.get(sorted.len() / 2)?;
        let lower = sorted.get((sorted.len() - 1) / 2)?;
        Some(Self {
            median: f64::midpoint(*lower, *upper),
            least,
            greatest,
        })
    }

    /// As a table shows it.
    pub(super) fn text(&self, digits: usize) -> String {
        let Self {
            median,
            least,
            greatest,
        } = self;
        if (least - greatest).abs() < f64::EPSILON {
            return format!("{median:.digits$}");
        }
        format!("{median:.digits$} ({least:.digits$}–{greatest:.digits$})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let spread = Spread::of([5.0, 1.0, 3.0]).unwrap();
        let shown = spread.text(0);
        assert_eq!(shown, "3 (1–5)");
        assert_eq!(Spread::of([1.0, 2.0]).unwrap().text(1), "1.5 (1.0–2.0)");
        assert_eq!(Spread::of([]), None);
    }

    #[test]
    fn a_table_shows_the_spread_where_there_is_one() {
        assert_eq!(
            Spread::of([1.0, 2.0, 4.0]).unwrap().text(1),
            "2.0 (1.0–4.0)"
        );
        assert_eq!(Spread::of([0.0, 0.0]).unwrap().text(2), "0.00");
    }
}
