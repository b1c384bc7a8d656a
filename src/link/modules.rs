//! Which file a module name means, in each family's own way, from the paths alone.

use std::hash::BuildHasher;
use std::sync::OnceLock;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::language::{Family, Language};

/// The paths of a workspace.
#[derive(Debug)]
pub struct Modules<'p> {
    paths: &'p [String],
    /// Made when the first module is looked up: in most workspaces none is.
    index: OnceLock<Index<'p>>,
}

/// What paths are found by.
#[derive(Debug)]
struct Index<'p> {
    whole: FxHashSet<&'p str>,
    /// By the hash of the last one and of the last two parts of the path, without its extension: hash and place in the
    /// list, sorted.
    by_end: Vec<(u64, usize)>,
    /// Packages of a workspace, by name.
    packages: FxHashMap<&'p str, Vec<&'p str>>,
}

const ECMA_EXTENSIONS: [&str; 8] = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];

/// Folders that hold the packages of a workspace.
const PACKAGES: [&str; 5] = ["packages", "libs", "apps", "modules", "plugins"];

impl<'p> Index<'p> {
    fn new(paths: &'p [String]) -> Self {
        let mut index = Self {
            whole: paths.iter().map(String::as_str).collect(),
            by_end: Vec::with_capacity(2 * paths.len()),
            packages: FxHashMap::default(),
        };
        for (at, path) in paths.iter().enumerate() {
            let Some(language) = Language::of_path(path) else {
                continue;
            };
            let (family, bare) = (language.family(), without_extension(path));
            index.by_end.push((hash(family, last_parts(bare, 1)), at));
            if bare.contains('/') {
                index.by_end.push((hash(family, last_parts(bare, 2)), at));
            }
            if let Some((_, name)) = package(path) {
                index.packages.entry(name).or_default().push(path);
            }
        }
        index.by_end.sort_unstable();
        index
    }

    /// Places of the paths that may end so, in their order.
    fn ending(&self, family: Family, end: &str) -> impl Iterator<Item = usize> {
        let wanted = hash(family, last_parts(end, 2));
        let first = self.by_end.partition_point(|(hash, _)| *hash < wanted);
        let same = self.by_end[first..].iter();
        same.take_while(move |(hash, _)| *hash == wanted)
            .map(|(_, at)| *at)
    }
}

fn hash(family: Family, end: &str) -> u64 {
    FxBuildHasher.hash_one((family, end))
}

impl<'p> Modules<'p> {
    /// From all paths that are scanned, with `/`.
    pub fn new(paths: &'p [String]) -> Self {
        Self {
            paths,
            index: OnceLock::new(),
        }
    }

    fn index(&self) -> &Index<'p> {
        self.index.get_or_init(|| Index::new(self.paths))
    }

    /// The files that `source` can mean in a file at `from`; usually none or one.
    pub fn resolve(&self, from: &str, source: &str, family: Family) -> Vec<String> {
        match family {
            Family::Ecma => self.ecma(from, source),
            Family::Python => self.python(from, source),
            Family::Rust => self.rust(from, source),
        }
    }

    fn ecma(&self, from: &str, source: &str) -> Vec<String> {
        let base = if source.starts_with('.') {
            join(directory(from), source)
        } else {
            // An alias such as `@/config` or `src/config`: by the end of the path.
            let rest = source
                .trim_start_matches(['@', '~', '#'])
                .trim_start_matches('/');
            let rest = without_extension(rest);
            let found = if rest.contains('/')
                || source.starts_with(['@', '~', '#']) && source.contains('/')
            {
                self.nearest(
                    from,
                    Family::Ecma,
                    &[rest.to_owned(), format!("{rest}/index")],
                )
            } else {
                Vec::new()
            };
            return if found.is_empty() {
                self.package(from, source)
            } else {
                found
            };
        };
        if self.index().whole.contains(base.as_str()) {
            return vec![base];
        }
        let bare = without_extension(&base);
        for stem in [bare, base.as_str()] {
            for extension in ECMA_EXTENSIONS {
                for candidate in [
                    format!("{stem}{extension}"),
                    format!("{stem}/index{extension}"),
                ] {
                    if self.index().whole.contains(candidate.as_str()) {
                        return vec![candidate];
                    }
                }
            }
        }
        Vec::new()
    }

    /// `@scope/name`, `name`: the index of a package of that name beside the one that asks for it.
    fn package(&self, from: &str, source: &str) -> Vec<String> {
        let name = match source.strip_prefix('@') {
            Some(scoped) => scoped.split_once('/').map_or("", |(_, name)| name),
            None => source,
        };
        if name.is_empty() || name.contains('/') {
            return Vec::new();
        }
        let mut best: Option<(bool, usize, &str)> = None;
        for &path in self.index().packages.get(name).into_iter().flatten() {
            let Some((root, _)) = package(path).filter(|_| path != from) else {
                continue;
            };
            let below = root.is_empty()
                || from
                    .strip_prefix(root)
                    .is_some_and(|rest| rest.starts_with('/'));
            if !below {
                continue;
            }
            let inner = directory(path).ends_with("/src");
            let rank = (inner, root.len(), path);
            if best.is_none_or(|best| (rank.0, rank.1) > (best.0, best.1)) {
                best = Some(rank);
            }
        }
        best.into_iter()
            .map(|(_, _, path)| path.to_owned())
            .collect()
    }

    fn python(&self, from: &str, source: &str) -> Vec<String> {
        let dots = source.bytes().take_while(|&b| b == b'.').count();
        let rest = source[dots..].replace('.', "/");
        if dots == 0 {
            return self.nearest(
                from,
                Family::Python,
                &[rest.clone(), format!("{rest}/__init__")],
            );
        }
        let mut base = directory(from);
        for _ in 1..dots {
            base = directory(base);
        }
        let base = if rest.is_empty() {
            base.to_owned()
        } else {
            join(base, &rest)
        };
        [format!("{base}.py"), format!("{base}/__init__.py")]
            .into_iter()
            .filter(|path| self.index().whole.contains(path.as_str()))
            .take(1)
            .collect()
    }

    fn rust(&self, from: &str, source: &str) -> Vec<String> {
        let parts: Vec<&str> = source
            .split('.')
            .filter(|part| !matches!(*part, "crate" | "self" | "super" | ""))
            .collect();
        // The last parts may be types or functions.
        for length in (1..=parts.len()).rev() {
            let rest = parts[..length].join("/");
            let found = self.nearest(
                from,
                Family::Rust,
                &[rest.clone(), format!("{rest}/mod"), format!("{rest}/lib")],
            );
            if !found.is_empty() {
                return found;
            }
        }
        if source.starts_with("crate") || source.starts_with("super") {
            return self.nearest(
                from,
                Family::Rust,
                &["lib".to_owned(), "main".to_owned(), "mod".to_owned()],
            );
        }
        Vec::new()
    }

    /// The file whose path ends so and shares the longest beginning with `from`.
    fn nearest(&self, from: &str, family: Family, ends: &[String]) -> Vec<String> {
        let mut best: Option<(usize, &String)> = None;
        for end in ends {
            for at in self.index().ending(family, end) {
                let path = &self.paths[at];
                let fits = without_extension(path)
                    .strip_suffix(end.as_str())
                    .is_some_and(|before| before.is_empty() || before.ends_with('/'))
                    && Language::of_path(path).is_some_and(|found| found.family() == family);
                if !fits || path == from {
                    continue;
                }
                let shared = path
                    .bytes()
                    .zip(from.bytes())
                    .take_while(|(a, b)| a == b)
                    .count();
                if best.is_none_or(|(most, _)| shared > most) {
                    best = Some((shared, path));
                }
            }
        }
        best.into_iter().map(|(_, path)| path.clone()).collect()
    }
}

/// For the index of a package in a workspace, `packages/name/src/index.ts`: the workspace's folder, and the name.
pub fn package(path: &str) -> Option<(&str, &str)> {
    if stem(path) != "index" {
        return None;
    }
    let family = Language::of_path(path)?.family();
    let folder = directory(path);
    let folder = folder.strip_suffix("/src").unwrap_or(folder);
    let (packages, name) = folder.rsplit_once('/')?;
    let (root, kind) = packages.rsplit_once('/').unwrap_or(("", packages));
    let fits = family == Family::Ecma && PACKAGES.contains(&kind);
    fits.then_some((root, name))
}

/// The last parts of a path; all of it when there are fewer.
fn last_parts(path: &str, parts: usize) -> &str {
    let mut cuts = path.rmatch_indices('/').map(|(at, _)| at + 1);
    cuts.nth(parts - 1).map_or(path, |at| &path[at..])
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

fn stem(path: &str) -> &str {
    without_extension(path.rsplit('/').next().unwrap_or(path))
}

fn without_extension(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    match path[name..].rfind('.') {
        Some(dot) if dot > 0 && is_extension(&path[name + dot..]) => &path[..name + dot],
        _ => path,
    }
}

fn is_extension(end: &str) -> bool {
    ECMA_EXTENSIONS.contains(&end) || matches!(end, ".py" | ".pyi" | ".rs")
}

/// A relative path from a folder, with `.` and `..` resolved.
fn join(directory: &str, relative: &str) -> String {
    let mut parts: Vec<&str> = directory
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    if directory.starts_with('/') {
        format!("/{joined}")
    } else {
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_find_their_files() {
        let paths = [
            "src/config.ts",
            "src/utils/index.ts",
            "src/app/main.ts",
            "pkg/settings.py",
            "pkg/__init__.py",
            "pkg/a/b.py",
            "src/config.rs",
            "src/a/mod.rs",
        ];
        let paths = paths.map(str::to_owned);
        let modules = Modules::new(&paths);
        assert_eq!(
            modules.resolve("src/app/main.ts", "../config.js", Family::Ecma),
            ["src/config.ts"]
        );
        assert_eq!(
            modules.resolve("src/app/main.ts", "../utils", Family::Ecma),
            ["src/utils/index.ts"]
        );
        assert_eq!(
            modules.resolve("src/app/main.ts", "@/utils/index", Family::Ecma),
            ["src/utils/index.ts"]
        );
        assert!(
            modules
                .resolve("src/app/main.ts", "zod", Family::Ecma)
                .is_empty()
        );
        let workspace = ["/w/packages/core/src/index.ts", "/w/apps/mcp/src/main.ts"];
        let workspace = workspace.map(str::to_owned);
        let workspace = Modules::new(&workspace);
        for name in ["@acme/core", "core"] {
            assert_eq!(
                workspace.resolve("/w/apps/mcp/src/main.ts", name, Family::Ecma),
                ["/w/packages/core/src/index.ts"]
            );
        }
        assert_eq!(
            modules.resolve("pkg/a/b.py", "..settings", Family::Python),
            ["pkg/settings.py"]
        );
        assert_eq!(
            modules.resolve("pkg/a/b.py", "pkg.settings", Family::Python),
            ["pkg/settings.py"]
        );
        assert_eq!(
            modules.resolve("src/main.rs", "crate.config", Family::Rust),
            ["src/config.rs"]
        );
        assert_eq!(
            modules.resolve("src/main.rs", "crate.a.Thing", Family::Rust),
            ["src/a/mod.rs"]
        );
    }
}
