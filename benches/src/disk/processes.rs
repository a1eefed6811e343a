//! How much two processes read in the time of one.

use std::path::Path;
use std::time::Duration;

use larder_benches::child;
use larder_benches::contender::LARDER;
use larder_benches::cores::{stay, two};
use larder_benches::figures::Figures;
use larder_benches::random::Random;
use larder_benches::report::{Table, Targets};
use larder_benches::rounds::now;

use crate::peers::Raw;
use crate::talk::Talk;
use crate::values::{Asked, PAGE, SMALL, Size};
use crate::{ROUNDS, annotated};

/// How long each reads in its turn.
const TURN: Duration = Duration::from_millis(40);

pub fn measure(folder: &Path) {
    println!("## Two processes reading\n");
    let processors = two();
    if processors.len() < 2 {
        println!("Left out: this process may use one core only.\n");
        return;
    }
    SMALL.all().for_each(|asked| drop(annotated::small(asked.id)));
    PAGE.all().for_each(|asked| drop(annotated::page(asked.id)));
    for (name, size) in [("small", &SMALL), ("page", &PAGE)] {
        drop(Raw::holding(&raw(folder, name), size));
    }

    println!("Pinned to a core each, millions of hits a second: median (minimum; quartiles)\n");
    let mut table = Table::new(["", "one", "two", "two / one"]);
    let mut targets = Targets::new();
    for (name, size) in [("small", &SMALL), ("page", &PAGE)] {
        for kind in [LARDER, "heed"] {
            let figures = rounds(folder, kind, name, &processors);
            let title = format!("{kind}, values of {}", size.name);
            let ratio = figures.ratio(1, 0);
            if kind == LARDER {
                targets.at_least(format!("{}: two processes beside one", size.name), 1.8, &ratio);
            }
            let (one, two) = (figures.of(0), figures.of(1));
            table.row(vec![title, format!("{one:.2}"), format!("{two:.2}"), format!("{:.2}", ratio.median)]);
        }
    }
    table.print();
    targets.print();
}

fn raw(folder: &Path, name: &str) -> std::path::PathBuf {
    folder.join(format!("heed-processes-{name}"))
}

/// One of them alone, which is the mean of both, and both at once.
fn rounds(folder: &Path, kind: &str, name: &str, processors: &[usize]) -> Figures {
    let folder = folder.to_str().expect("a folder with a name");
    let start = |processor: &usize| {
        let mut command = child::command(&["read", kind, name, folder, &processor.to_string()]);
        Talk::start(&mut command).expect("this program runs once more")
    };
    let mut readers: Vec<_> = processors.iter().map(start).collect();
    for reader in &mut readers {
        reader.ask("0");
    }
    Figures::take(ROUNDS, 2, |round, index| {
        let from = (round + 1).to_string();
        if index == 0 {
            return readers.iter_mut().map(|reader| reader.ask(&from)).sum::<f64>() / 2.0;
        }
        readers.iter_mut().for_each(|reader| reader.tell(&from));
        readers.iter_mut().map(Talk::figure).sum()
    })
}

/// Such a process: for each line, which says where to begin, it reads for a turn.
pub fn child(kind: &str, name: &str, folder: &str, processor: &str) {
    stay(processor.parse().expect("a number"));
    let folder = Path::new(folder);
    let (size, ours): (&Size, fn(u64) -> Vec<u8>) =
        if name == "small" { (&SMALL, annotated::small) } else { (&PAGE, annotated::page) };
    let keys = size.shuffled();
    if kind == LARDER {
        annotated::install(folder);
        turns(&keys, |asked| ours(asked.id));
    } else {
        let raw = Raw::open(&raw(folder, name));
        turns(&keys, |asked| raw.get(asked.key).expect("a row"));
    }
}

/// Says millions of hits a second.
fn turns<T>(keys: &[Asked], hit: impl Fn(Asked) -> T) {
    for line in std::io::stdin().lines() {
        let round = line.expect("a line").parse().expect("a number");
        let from = Random(round).below(keys.len() as u64 / 2) as usize;
        let (mut hits, began) = (0, now());
        for chunk in keys[from..].chunks(64).chain(keys.chunks(64)).cycle() {
            chunk.iter().for_each(|asked| drop(hit(*asked)));
            hits += chunk.len();
            if began.elapsed() >= TURN {
                break;
            }
        }
        println!("{}", hits as f64 / began.elapsed().as_secs_f64() / 1e6);
    }
}
