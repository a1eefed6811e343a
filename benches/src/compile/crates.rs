//! The crates that are built, written into a workspace of their own.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

const FUNCTIONS: usize = 300;

/// What the functions of a crate are annotated with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Nothing,
    Cached,
    Larder,
    LarderWithCompanions,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Nothing, Self::Cached, Self::Larder, Self::LarderWithCompanions];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Nothing => "no attribute",
            Self::Cached => "cached 4",
            Self::Larder => "larder, no companions",
            Self::LarderWithCompanions => "larder",
        }
    }

    /// The name of its crate.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "with-nothing",
            Self::Cached => "with-cached",
            Self::Larder => "with-larder",
            Self::LarderWithCompanions => "with-companions",
        }
    }

    const fn import(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Cached => "use cached::macros::cached;\n",
            Self::Larder | Self::LarderWithCompanions => "use larder::cached;\n",
        }
    }

    const fn attribute(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Cached | Self::LarderWithCompanions => "#[cached]\n",
            Self::Larder => "#[cached(companions = false)]\n",
        }
    }

    fn dependency(self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Cached => "cached = { version = \"4\", features = [\"async\"] }\n".to_owned(),
            Self::Larder | Self::LarderWithCompanions => {
                let larder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
                format!("larder = {{ path = {larder:?} }}\n")
            }
        }
    }
}

/// The workspace.
pub struct Sources(PathBuf);

impl Sources {
    /// Writes all crates anew.
    pub fn write(asynchronous: bool) -> Self {
        let name = if asynchronous { "async" } else { "sync" };
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/compile").join(name);
        for kind in Kind::ALL {
            let folder = root.join(kind.name());
            fs::create_dir_all(folder.join("src")).expect("a folder");
            fs::write(folder.join("Cargo.toml"), manifest(kind)).expect("a manifest");
            fs::write(folder.join("src/lib.rs"), source(kind, asynchronous)).expect("a source");
        }
        let members = Kind::ALL.map(Kind::name);
        fs::write(root.join("Cargo.toml"), format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n"))
            .expect("a manifest");
        Self(root)
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }
}

fn manifest(kind: Kind) -> String {
    format!(
        "[package]\nname = {:?}\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{}",
        kind.name(),
        kind.dependency()
    )
}

fn source(kind: Kind, asynchronous: bool) -> String {
    let mut source = kind.import().to_owned();
    let keyword = if asynchronous { "async " } else { "" };
    for number in 0..FUNCTIONS {
        let _ = write!(
            source,
            "
{}pub {keyword}fn load_{number}(id: u64, name: &str, page: Option<u32>) -> Result<Vec<String>, String> {{
    if id == 0 {{
        return Err(name.to_string());
    }}
    Ok(vec![format!(\"{{id}}{{name}}{{page:?}}\")])
}}
",
            kind.attribute()
        );
    }
    source
}
