//! Plots, as SVG.

use std::fs;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;

/// One line of a panel.
pub struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// Two logarithmic axes with lines.
pub struct Panel {
    pub title: String,
    pub x: &'static str,
    pub y: &'static str,
    pub lines: Vec<Line>,
}

const SIZE: (u32, u32) = (400, 340);
/// The markers' shapes also tell the lines apart without colour.
const COLOURS: [RGBColor; 4] =
    [RGBColor(0, 90, 160), RGBColor(200, 90, 0), RGBColor(90, 90, 90), RGBColor(0, 130, 90)];

/// Draws panels side by side into one file.
pub fn draw(path: &Path, panels: &[Panel]) {
    let root = SVGBackend::new(path, (SIZE.0 * panels.len() as u32, SIZE.1)).into_drawing_area();
    root.fill(&WHITE).unwrap();
    for (area, panel) in root.split_evenly((1, panels.len())).iter().zip(panels) {
        draw_panel(area, panel);
    }
    root.present().unwrap();
    let mut drawn = String::new();
    for line in fs::read_to_string(path).unwrap().lines() {
        drawn.push_str(line);
        // What is written stands on the line of its tags.
        if line.starts_with('<') && !line.starts_with("<text") {
            drawn.push('\n');
        }
    }
    fs::write(path, drawn).unwrap();
}

fn draw_panel(area: &DrawingArea<SVGBackend<'_>, Shift>, panel: &Panel) {
    let points = || panel.lines.iter().flat_map(|line| &line.points);
    let range = |of: fn(&(f64, f64)) -> f64, room: f64| {
        let least = points().map(of).fold(f64::MAX, f64::min);
        let most = points().map(of).fold(f64::MIN, f64::max);
        (least / room..most * room).log_scale()
    };
    let mut chart = ChartBuilder::on(area)
        .caption(&panel.title, ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(range(|p| p.0, 1.2), range(|p| p.1, 2.0))
        .unwrap();
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(BLACK.mix(0.12))
        .x_desc(panel.x)
        .y_desc(panel.y)
        .x_label_formatter(&label)
        .y_label_formatter(&label)
        .draw()
        .unwrap();
    for (i, line) in panel.lines.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        let series = chart.draw_series(LineSeries::new(line.points.iter().copied(), colour.stroke_width(2)));
        let legend = move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2));
        series.unwrap().label(&line.name).legend(legend);
        let markers = line.points.iter().copied();
        match i {
            0 => chart.draw_series(markers.map(|p| Circle::new(p, 4, colour.filled()))).map(drop),
            1 => chart.draw_series(markers.map(|p| TriangleMarker::new(p, 5, colour.filled()))).map(drop),
            2 => chart.draw_series(markers.map(|p| Circle::new(p, 4, colour.stroke_width(2)))).map(drop),
            _ => chart.draw_series(markers.map(|p| Cross::new(p, 4, colour.stroke_width(2)))).map(drop),
        }
        .unwrap();
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE.mix(0.85))
        .label_font(("sans-serif", 12))
        .draw()
        .unwrap();
}

/// Labels only some values of a decade: the others would overlap.
fn label(value: &f64) -> String {
    let leading = value / 10f64.powf(value.log10().floor());
    match *value {
        _ if ![1.0, 2.0, 3.0, 5.0].iter().any(|shown| (leading - shown).abs() < 1e-6) => String::new(),
        v if v >= 1e6 => format!("{}M", v / 1e6),
        v if v >= 1e3 => format!("{}k", v / 1e3),
        v => format!("{v}"),
    }
}
