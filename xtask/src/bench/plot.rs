//! Bars as SVG, readable on light and dark pages.

use std::fmt::Write as _;

use super::figures::Spread;

const WIDTH: f64 = 860.0;
const LEFT: f64 = 360.0;
const RIGHT: f64 = 60.0;
const TOP: f64 = 44.0;
const ROW: f64 = 30.0;

/// A figure with its name.
#[derive(Debug)]
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) spread: Spread,
}

/// Horizontal bars of medians, with whiskers from the least to the greatest.
pub(super) fn bars(title: &str, bars: &[Bar]) -> String {
    let greatest = bars.iter().map(|bar| bar.spread.greatest);
    let greatest = greatest.fold(f64::MIN_POSITIVE, f64::max);
    let scale = (WIDTH - LEFT - RIGHT) / greatest;
    #[expect(clippy::cast_precision_loss, reason = "a few bars")]
    let height = TOP + ROW * bars.len() as f64 + 8.0;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n\
         <text x=\"16\" y=\"26\" font-size=\"15\" font-weight=\"600\" fill=\"#16212b\">{}</text>\n",
        escaped(title)
    );
    let mut top = TOP;
    for bar in bars {
        svg.push_str(&one(bar, top, scale));
        top += ROW;
    }
    svg.push_str("</svg>\n");
    svg
}

fn one(bar: &Bar, top: f64, scale: f64) -> String {
    let Spread {
        median,
        least,
        greatest,
    } = bar.spread;
    let (length, middle) = (median * scale, top + 11.0);
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        text,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"#16212b\">{}</text>\n\
         <rect x=\"{LEFT}\" y=\"{top}\" width=\"{length:.1}\" height=\"22\" rx=\"3\" fill=\"#0b7a75\"/>\n\
         <line x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle}\" y2=\"{middle}\" stroke=\"#16212b\" stroke-width=\"1.5\"/>\n\
         <text x=\"{:.1}\" y=\"{:.0}\" fill=\"#16212b\">{median:.2}</text>\n",
        LEFT - 10.0,
        top + 15.0,
        escaped(&bar.label),
        LEFT + least * scale,
        LEFT + greatest * scale,
        LEFT + greatest * scale + 6.0,
        top + 15.0,
    );
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_bar_fills_the_width_and_names_are_escaped() {
        let bar = |label: &str, figure| Bar {
            label: label.to_owned(),
            spread: Spread::of([figure]).unwrap(),
        };
        let svg = bars("a < b", &[bar("one & all", 2.0), bar("half", 1.0)]);
        assert!(
            svg.contains("width=\"440.0\"") && svg.contains("width=\"220.0\""),
            "{svg}"
        );
        assert!(svg.contains("one &amp; all") && svg.contains("a &lt; b"));
    }
}
