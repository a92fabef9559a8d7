//! The sitters of the demonstration centre: two thirds acceptable, the rest with one fault each.

use super::fault::Fault;
use super::spec::SitterSpec;
use super::vary::vary;

/// One submission of the demonstration.
#[derive(Clone, Debug)]
pub struct DemoSitter {
    pub file_name: String,
    /// As a collection code shows it: middle characters hidden.
    pub masked_name: &'static str,
    pub spec: SitterSpec,
    /// What is wrong with the photo; `None` when nothing is.
    pub fault: Option<Fault>,
    /// For the reader of the demonstration, what to see here.
    pub note: &'static str,
}

struct Entry {
    name: &'static str,
    number: u64,
    fault: Option<Fault>,
    note: &'static str,
}

const fn good(name: &'static str, number: u64) -> Entry {
    Entry { name, number, fault: None, note: "nothing to object to" }
}

const fn bad(name: &'static str, number: u64, fault: Fault, note: &'static str) -> Entry {
    Entry { name, number, fault: Some(fault), note }
}

const ENTRIES: &[Entry] = &[
    good("吴*兰", 32),
    good("陈*宇", 35),
    good("李*", 3),
    bad("周*明", 4, Fault::Glasses, "wears thin-rimmed glasses"),
    good("欧阳*", 6),
    good("赵*涵", 39),
    bad("孙*", 7, Fault::EyesClosed, "blinked"),
    good("阿*江", 1),
    good("林*怡", 9),
    bad("徐*婷", 10, Fault::CastShadow, "stands too near the wall: hard shadow"),
    good("黄*", 11),
    good("马*俊", 12),
    bad("何*", 31, Fault::HalfLit, "window light from one side only"),
    good("郭*雯", 14),
    bad("宋*", 19, Fault::HeadTilted, "head tilted by eleven degrees"),
    good("高*飞", 17),
    bad("罗*", 16, Fault::ClutteredBackground, "taken in a room"),
    good("梁*静", 18),
    bad("韩*雪", 38, Fault::OffCentre, "no legal crop: too far to the side"),
    good("唐*凯", 20),
    bad("曹*", 25, Fault::TwoPeople, "a second person in the picture"),
    good("许*", 21),
    good("冯*", 23),
    bad("曾*", 27, Fault::Sunglasses, "sunglasses"),
    good("邓*超", 24),
    bad("肖*文", 28, Fault::Blurred, "out of focus"),
    good("彭*", 26),
    bad("田*", 29, Fault::MouthOpen, "talking"),
    good("朱*琳", 15),
    bad("崔*", 37, Fault::HeadTurned, "head turned by twenty-four degrees"),
    bad("董*", 42, Fault::LowResolution, "far too few pixels"),
    good("姚*", 40),
    bad("蒋*", 33, Fault::TooClose, "no legal crop: too near the camera"),
    bad("杜*", 41, Fault::Dark, "more than two stops too dark"),
];

/// All sitters of the demonstration, in the order they queue.
pub fn demo_sitters() -> Vec<DemoSitter> {
    ENTRIES.iter().enumerate().map(|(k, entry)| sitter(k + 1, entry)).collect()
}

fn sitter(place: usize, entry: &Entry) -> DemoSitter {
    let drawn = vary(entry.number);
    let spec = entry.fault.map_or(drawn.clone(), |fault| fault.apply(drawn));
    DemoSitter {
        file_name: format!("demo-{place:02}.jpg"),
        masked_name: entry.name,
        spec,
        fault: entry.fault,
        note: entry.note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_thirds_are_good_and_faults_differ() {
        let all = demo_sitters();
        let faults: Vec<Fault> = all.iter().filter_map(|s| s.fault).collect();
        assert!(all.len() >= 24);
        let share = (all.len() - faults.len()) as f32 / all.len() as f32;
        assert!((0.55..0.75).contains(&share), "{share}");
        let distinct = faults.iter().enumerate().all(|(k, fault)| !faults[..k].contains(fault));
        assert!(distinct);
    }
}
