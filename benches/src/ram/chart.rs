//! What hits cost, as a picture: a dot for a hot key and a ring for 10,000 keys, on a logarithmic axis, a panel for each
//! function. It brings its own background, so that it is readable wherever it is shown.

use std::fmt::Write;

use crate::contender::{About, FLOOR, LARDER};
use crate::hits::Hits;

/// Where things are, in pixels.
const LABELS: f64 = 298.0;
const PANEL: f64 = 170.0;
const GAP: f64 = 32.0;
const TOP: f64 = 88.0;
const ROW: f64 = 22.0;
const BOTTOM: f64 = 44.0;

/// The ends of the axis, in ns, and what is written at it.
const LEAST: f64 = 1.0;
const MOST: f64 = 1000.0;
const TICKS: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];

const STYLE: &str = "
  svg { --back: #ffffff; --text: #1f2328; --soft: #59636e; --line: #d8dee4; --dot: #6e7781; --ours: #0969da; --floor: #bf8700 }
  @media (prefers-color-scheme: dark) {
    svg { --back: #0d1117; --text: #e6edf3; --soft: #9198a1; --line: #30363d; --dot: #9198a1; --ours: #58a6ff; --floor: #d29922 }
  }
  .back { fill: var(--back) }
  text { fill: var(--text); font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif }
  .head { font-weight: 600; font-size: 15px }
  .soft { fill: var(--soft); font-size: 12px; paint-order: stroke; stroke: var(--back); stroke-width: 4px }
  .ours { font-weight: 600; fill: var(--ours) }
  .tick { stroke: var(--line) }
  .floor { stroke: var(--floor); stroke-dasharray: 3 3 }
  .span { stroke: var(--dot); stroke-width: 2; opacity: .5 }
  .dot { fill: var(--dot) }
  .ring { fill: var(--back); stroke: var(--dot); stroke-width: 2 }
  .span.ours { stroke: var(--ours) }
  .dot.ours { fill: var(--ours) }
  .ring.ours { fill: var(--back); stroke: var(--ours) }
";

pub fn draw(hits: &[Hits]) -> String {
    let rows = order(hits);
    let width = LABELS + hits.len() as f64 * (PANEL + GAP);
    let bottom = TOP + rows.len() as f64 * ROW;
    let height = bottom + BOTTOM;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         role=\"img\" aria-label=\"What a hit costs, in nanoseconds\">\n<style>{STYLE}</style>\n\
         <rect class=\"back\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n"
    );
    text(&mut svg, (16.0, 28.0), "head", "What a hit costs: ns a call, logarithmic; further left is better");
    legend(&mut svg, 50.0);
    for (number, about) in rows.iter().enumerate() {
        label(&mut svg, line(number), about);
    }
    for (number, panel) in hits.iter().enumerate() {
        draw_panel(&mut svg, LABELS + number as f64 * (PANEL + GAP), panel, &rows, bottom);
    }
    svg.push_str("</svg>\n");
    svg
}

/// The contenders of all panels: larder, the floor, then the peers by what they cost on a hot key in the first.
fn order(hits: &[Hits]) -> Vec<About> {
    let group = |about: &About| [LARDER, FLOOR].iter().position(|name| *name == about.name).unwrap_or(2);
    let mut rows: Vec<_> = hits[0].rows.iter().collect();
    rows.sort_by(|(one, one_cost, _), (other, other_cost, _)| {
        group(one).cmp(&group(other)).then(one_cost.total_cmp(other_cost))
    });
    rows.into_iter().map(|(about, ..)| *about).collect()
}

fn legend(svg: &mut String, y: f64) {
    circle(svg, (22.0, y - 4.0), "dot");
    text(svg, (32.0, y), "soft", "a hot key");
    circle(svg, (110.0, y - 4.0), "ring");
    text(svg, (120.0, y), "soft", "10,000 keys");
    stroke(svg, "floor", (210.0, y - 4.0), (230.0, y - 4.0));
    text(
        svg,
        (238.0, y),
        "soft",
        "F: a plain map that nobody writes to, the same look-up and the same clone of the value",
    );
}

fn label(svg: &mut String, y: f64, about: &About) {
    let ours = if about.name == LARDER { "ours" } else { "" };
    let form = about.form.replace("#[concurrent_cached(ttl, max_size)]", "#[concurrent_cached]");
    let form = form.replace("#[cached(ttl, max_size)]", "#[cached]");
    text(svg, (16.0, y + 4.5), ours, &format!("{} {form}", about.name));
    let has = [(about.ttl, "ttl"), (about.bound, "bound")];
    let has: Vec<_> = has.into_iter().filter(|(has, _)| *has).map(|(_, what)| what).collect();
    let _ = writeln!(
        svg,
        "<text class=\"soft\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>",
        LABELS - 12.0,
        y + 4.0,
        has.join(", ")
    );
}

fn draw_panel(svg: &mut String, left: f64, panel: &Hits, rows: &[About], bottom: f64) {
    let x = |cost: f64| left + (cost.clamp(LEAST, MOST) / LEAST).log10() / (MOST / LEAST).log10() * PANEL;
    text(svg, (left, TOP - 14.0), "", panel.signature);
    for tick in TICKS {
        stroke(svg, "tick", (x(tick), TOP - 4.0), (x(tick), bottom + 4.0));
        let _ = writeln!(
            svg,
            "<text class=\"soft\" text-anchor=\"middle\" x=\"{:.1}\" y=\"{:.1}\">{tick}</text>",
            x(tick),
            bottom + 20.0
        );
    }
    for (about, hot, many) in &panel.rows {
        if about.name == FLOOR {
            stroke(svg, "floor", (x(*hot), TOP - 4.0), (x(*hot), bottom + 4.0));
        }
        let number = rows.iter().position(|row| row.title() == about.title()).expect("every panel has the same lines");
        let ours = if about.name == LARDER { " ours" } else { "" };
        let y = line(number);
        stroke(svg, &format!("span{ours}"), (x(*hot), y), (x(*many), y));
        circle(svg, (x(*many), y), &format!("ring{ours}"));
        circle(svg, (x(*hot), y), &format!("dot{ours}"));
        let figures = format!("{} · {}", short(*hot), short(*many));
        // On the side where there is room.
        let (anchor, at) = if x(hot.max(*many)) + 74.0 < left + PANEL {
            ("start", x(hot.max(*many)) + 9.0)
        } else {
            ("end", x(hot.min(*many)) - 9.0)
        };
        let _ = writeln!(
            svg,
            "<text class=\"soft{ours}\" text-anchor=\"{anchor}\" x=\"{at:.1}\" y=\"{:.1}\">{figures}</text>",
            y + 4.0
        );
    }
}

fn line(number: usize) -> f64 {
    TOP + ROW / 2.0 + number as f64 * ROW
}

fn short(cost: f64) -> String {
    if cost < 10.0 { format!("{cost:.1}") } else { format!("{cost:.0}") }
}

fn text(svg: &mut String, (x, y): (f64, f64), class: &str, text: &str) {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let _ = writeln!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>");
}

fn circle(svg: &mut String, (x, y): (f64, f64), class: &str) {
    let _ = writeln!(svg, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>");
}

fn stroke(svg: &mut String, class: &str, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(svg, "<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
}
