//! The statistics: pace, outcomes, reasons and what waits, of one person or everybody, of one batch or all.

mod quality;

use egui::{CentralPanel, ScrollArea, Ui, vec2};

use super::Scene;
use crate::i18n::words;
use crate::ui::action::{Action, Filter};
use crate::ui::icons;
use crate::ui::problem;
use crate::ui::route::key;
use crate::ui::theme::{self, card, palette, size, space, surface};
use crate::ui::widgets::chart::{self, Bar};
use crate::ui::widgets::{chip, empty, label};
use crate::workflow::DeskError;
use crate::workflow::quality::Quality;
use crate::workflow::statistics::{Scope, Statistics};

const CHART_HEIGHT: f32 = 168.0;
const REASONS_SHOWN: usize = 8;
const DAY_MS: i64 = 24 * 3_600_000;
/// Above so many hours with decisions, days are shown instead.
const MOST_HOURS: usize = 24;
/// Ends of the steps of age, in hours, with the words for them.
const AGES: [(i64, &str); 5] = [
    (1, key("statistics.age_1h")),
    (4, key("statistics.age_4h")),
    (24, key("statistics.age_1d")),
    (72, key("statistics.age_3d")),
    (i64::MAX, key("statistics.age_older")),
];

/// How far back is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Span {
    #[default]
    Today,
    Week,
    Month,
}

impl Span {
    const ALL: [Self; 3] = [Self::Today, Self::Week, Self::Month];

    const fn label_key(self) -> &'static str {
        match self {
            Self::Today => key("statistics.today"),
            Self::Week => key("statistics.week"),
            Self::Month => key("statistics.month"),
        }
    }

    fn since_ms(self) -> i64 {
        let midnight = jiff::Zoned::now().start_of_day().map_or(0, |day| day.timestamp().as_millisecond());
        match self {
            Self::Today => midnight,
            Self::Week => midnight - 6 * DAY_MS,
            Self::Month => midnight - 29 * DAY_MS,
        }
    }
}

/// Whose figures are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Whose {
    #[default]
    Mine,
    Everybody,
    /// Somebody else's, for a senior.
    Colleague(String),
}

/// What the statistics remember.
#[derive(Default)]
pub struct StatisticsScreen {
    whose: Whose,
    span: Span,
    batch: Option<String>,
    figures: Option<Result<(Statistics, Option<Quality>), String>>,
    /// The scope the figures were asked for.
    asked: Option<Scope>,
}

impl StatisticsScreen {
    /// Counts anew at the next frame.
    pub fn forget(&mut self) {
        self.asked = None;
    }

    /// The scope whose figures must be counted now, once.
    pub fn wanted(&mut self, reviewer: &str, batch: Option<&String>) -> Option<Scope> {
        self.batch = batch.cloned();
        let scope = Scope {
            reviewer: match &self.whose {
                Whose::Mine => Some(reviewer.to_owned()),
                Whose::Everybody => None,
                Whose::Colleague(name) => Some(name.clone()),
            },
            batch: self.batch.clone(),
            since_ms: self.span.since_ms(),
        };
        if self.asked.as_ref() == Some(&scope) {
            return None;
        }
        self.asked = Some(scope.clone());
        Some(scope)
    }

    pub fn arrived(&mut self, scope: &Scope, result: Result<(Statistics, Option<Quality>), DeskError>) {
        if self.asked.as_ref() == Some(scope) {
            self.figures = Some(result.map_err(|error| problem::of(&error)));
        }
    }

    pub fn draw(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        CentralPanel::default().frame(surface(palette(ui).window, vec2(space::XL, space::L))).show(
            ui,
            |ui| {
                label::title(ui, &words!("route.statistics"));
                ui.add_space(space::S);
                self.choices(ui, scene);
                ui.add_space(space::M);
                match &self.figures {
                    None => {
                        label::weak(ui, &words!("statistics.counting"));
                    }
                    Some(Err(error)) => {
                        empty::show(ui, icons::PROBLEM, &words!("statistics.error"), error, |_| {});
                    }
                    Some(Ok((figures, quality))) => {
                        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                            self.figures(ui, figures, scene);
                            quality::draw(ui, quality.as_ref(), scene);
                        });
                    }
                }
            },
        );
    }

    fn choices(&mut self, ui: &mut Ui, scene: &mut Scene<'_>) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            let mut people = vec![
                (Whose::Mine, words!("statistics.mine").into_owned()),
                (Whose::Everybody, words!("statistics.everybody").into_owned()),
            ];
            if scene.overview.watch.is_senior() {
                let others = scene.overview.watch.colleagues.iter();
                let others = others.filter(|colleague| colleague.name != scene.settings.reviewer);
                people.extend(others.map(|one| (Whose::Colleague(one.name.clone()), one.name.clone())));
            }
            for (whose, text) in people {
                if chip::show(ui, &text, None, self.whose == whose).clicked() {
                    self.whose = whose;
                }
            }
            ui.add_space(space::L);
            for span in Span::ALL {
                if chip::show(ui, &words!(span.label_key()), None, self.span == span).clicked() {
                    self.span = span;
                }
            }
            ui.add_space(space::L);
            if chip::show(ui, &words!("queue.all_batches"), None, self.batch.is_none()).clicked() {
                scene.ask(Action::Narrow(Filter::Batch(None)));
            }
            for summary in &scene.overview.batches {
                let code = &summary.batch.code;
                if chip::show(ui, code, None, self.batch.as_ref() == Some(code)).clicked() {
                    scene.actions.push(Action::Narrow(Filter::Batch(Some(code.clone()))));
                }
            }
        });
    }

    fn figures(&self, ui: &mut Ui, figures: &Statistics, scene: &Scene<'_>) {
        let decided = figures.approved + figures.rejected;
        ui.horizontal_wrapped(|ui| {
            let oldest = figures.ages_ms.iter().max().copied();
            let share =
                |part: usize| (decided > 0).then(|| format!("{:.1} %", part as f64 * 100.0 / decided as f64));
            number(ui, &words!("statistics.decided"), Some(decided.to_string()));
            number(ui, &words!("statistics.rejected"), share(figures.rejected));
            number(ui, &words!("statistics.median"), figures.median_s.map(seconds));
            number(ui, &words!("statistics.p95"), figures.p95_s.map(seconds));
            number(ui, &words!("statistics.waiting"), Some(figures.ages_ms.len().to_string()));
            number(ui, &words!("statistics.oldest"), oldest.map(duration));
            number(ui, &words!("statistics.forecast"), figures.forecast_ms.map(duration));
        });
        ui.add_space(space::M);
        part(ui, &words!("statistics.by_time"), |ui| {
            if figures.by_hour.is_empty() {
                return nothing(ui, &words!("statistics.no_decisions"));
            }
            chart::upright(ui, &by_time(&figures.by_hour), CHART_HEIGHT);
        });
        part(ui, &words!("quality.by_risk"), |ui| quality::by_risk(ui, &figures.by_risk));
        ui.columns(2, |columns| {
            if let [left, right] = columns {
                part(left, &words!("statistics.reasons"), |ui| self.reasons(ui, figures, scene));
                part(right, &words!("statistics.ages"), |ui| {
                    if figures.ages_ms.is_empty() {
                        return nothing(ui, &words!("statistics.nothing_waits"));
                    }
                    chart::lying(ui, &ages(&figures.ages_ms));
                });
            }
        });
    }

    fn reasons(&self, ui: &mut Ui, figures: &Statistics, scene: &Scene<'_>) {
        if figures.reasons.is_empty() {
            return nothing(ui, &words!("statistics.no_rejections"));
        }
        let title = |code: &str| match scene.desk.reasons.get(code) {
            Some(reason) => scene.text(&reason.title).to_owned(),
            None => code.to_owned(),
        };
        let shown = figures.reasons.iter().take(REASONS_SHOWN);
        let mut bars: Vec<Bar> =
            shown.map(|(code, count)| Bar { name: title(code), count: *count }).collect();
        let rest: usize = figures.reasons.iter().skip(REASONS_SHOWN).map(|(_, count)| count).sum();
        if rest > 0 {
            bars.push(Bar { name: words!("statistics.other_reasons").into_owned(), count: rest });
        }
        chart::lying(ui, &bars);
    }
}

fn number(ui: &mut Ui, name: &str, value: Option<String>) {
    card(ui).show(ui, |ui| {
        ui.vertical(|ui| {
            ui.set_min_width(size::GAUGE_WIDTH);
            label::section(ui, name);
            let value = value.unwrap_or_else(|| "–".to_owned());
            ui.label(egui::RichText::new(value).text_style(theme::number()));
        });
    });
}

fn part(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    label::section(ui, name);
    card(ui).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.spacing_mut().item_spacing.y = 0.0;
        content(ui);
    });
    ui.add_space(space::M);
}

fn nothing(ui: &mut Ui, text: &str) {
    label::weak(ui, text);
}

/// Hours while they are few, else days.
fn by_time(by_hour: &[(i64, usize)]) -> Vec<Bar> {
    let written = |at_ms: i64, pattern: &str| {
        jiff::Timestamp::from_millisecond(at_ms)
            .map(|time| time.to_zoned(jiff::tz::TimeZone::system()).strftime(pattern).to_string())
            .unwrap_or_default()
    };
    let pattern = if by_hour.len() <= MOST_HOURS && of_one_day(by_hour) { "%H:00" } else { "%m-%d" };
    let mut bars: Vec<Bar> = Vec::new();
    for (at_ms, count) in by_hour {
        let name = written(*at_ms, pattern);
        match bars.last_mut().filter(|bar| bar.name == name) {
            Some(bar) => bar.count += count,
            None => bars.push(Bar { name, count: *count }),
        }
    }
    bars
}

fn of_one_day(by_hour: &[(i64, usize)]) -> bool {
    match (by_hour.first(), by_hour.last()) {
        (Some((first, _)), Some((last, _))) => last - first < DAY_MS,
        _ => true,
    }
}

fn ages(ages_ms: &[i64]) -> Vec<Bar> {
    let mut from = i64::MIN;
    let step = |(hours, name): (i64, &str)| {
        let to = hours.saturating_mul(3_600_000);
        let count = ages_ms.iter().filter(|age| (from..to).contains(*age)).count();
        from = to;
        Bar { name: words!(name).into_owned(), count }
    };
    AGES.into_iter().map(step).collect()
}

fn seconds(seconds: f64) -> String {
    words!("statistics.seconds", n = format!("{seconds:.1}")).into_owned()
}

/// A duration in the unit a person would use.
pub fn duration(ms: i64) -> String {
    let minutes = ms / 60_000;
    if minutes < 1 {
        words!("statistics.seconds", n = (ms / 1000).max(1)).into_owned()
    } else if minutes < 120 {
        words!("statistics.minutes", n = minutes).into_owned()
    } else if minutes < 48 * 60 {
        words!("statistics.hours", n = format!("{:.1}", minutes as f64 / 60.0)).into_owned()
    } else {
        words!("statistics.days", n = format!("{:.1}", minutes as f64 / 1440.0)).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_age_falls_into_one_step() {
        let hour = 3_600_000;
        let bars = ages(&[0, hour - 1, hour, 5 * hour, 30 * hour, 900 * hour]);
        assert_eq!(bars.iter().map(|bar| bar.count).collect::<Vec<_>>(), [2, 1, 1, 1, 1]);
    }

    #[test]
    fn many_hours_become_days() {
        let day = [(0, 1), (3_600_000, 2)];
        assert_eq!(by_time(&day).len(), 2);
        let week: Vec<(i64, usize)> = (0..7 * 24).map(|hour| (hour * 3_600_000, 1)).collect();
        let bars = by_time(&week);
        assert!((7..=8).contains(&bars.len()));
        assert_eq!(bars.iter().map(|bar| bar.count).sum::<usize>(), 7 * 24);
    }
}
