//! What the clients in Rust have in common: what they offer, and how long a value is held. A part of a template, not of
//! this program.

const KEEP: Duration = Duration::new(300, 0); // no value is used for longer than this
const REST: Duration = Duration::new(2, 0); // after a failure, the manager is left alone

/// Like [`std::env::var`]. What the manager does not have is [`VarError::NotPresent`].
///
/// # Panics
/// When the manager cannot be read: as an error, an outage would look like a secret that is not set.
#[allow(dead_code)] // one of the three may be all that is used
#[track_caller]
pub fn var<K: AsRef<OsStr>>(name: K) -> Result<String, VarError> {
    match find(name.as_ref()) {
        Some(source) => read(source).ok_or(VarError::NotPresent),
        None => std::env::var(name),
    }
}

/// Like [`std::env::var_os`], otherwise like [`var`].
#[allow(dead_code)]
#[track_caller]
pub fn var_os<K: AsRef<OsStr>>(name: K) -> Option<OsString> {
    match find(name.as_ref()) {
        Some(source) => read(source).map(OsString::from),
        None => std::env::var_os(name),
    }
}

/// Reads all paths of the table, so that no later first read waits. Panics if one cannot be read.
#[allow(dead_code)]
#[track_caller]
pub fn preload() {
    let paths: BTreeMap<_, _> = SOURCES.iter().map(|source| (source.1, source)).collect();
    for source in paths.into_values() {
        find(OsStr::new(source.0)).map(read);
    }
}

#[track_caller]
fn find(name: &OsStr) -> Option<&'static Source> {
    let source = SOURCES.iter().find(|source| source.0 == name)?;
    match setting("SECRETS_BACKEND").as_deref() {
        None | Some(BACKEND) => Some(source),
        Some("env") => None,
        Some(_) => panic!("{}: SECRETS_BACKEND can be {BACKEND} or env", source.0),
    }
}

// --- What is held. Nothing here derives Debug, so that nothing can print a value.

type Keys = serde_json::Map<String, Value>;

#[derive(PartialEq)]
enum Kind {
    Setting, // is wrong, and may be right in a moment: no rest is needed
    Outage,  // no answer, or a busy manager: what is held may be used for a while
    Refusal, // the manager says no: what is held is dropped
}

struct Failure(Kind, String);

fn outage(why: impl Into<String>) -> Failure {
    Failure(Kind::Outage, why.into())
}

impl From<String> for Failure {
    fn from(why: String) -> Self {
        Self(Kind::Setting, why)
    }
}

#[derive(Default)]
struct Slot {
    keys: Option<(Keys, Instant, SystemTime)>,
    failed: Option<(Failure, Instant)>,
    busy: bool, // a request is under way
}

static SLOTS: Mutex<BTreeMap<&str, Slot>> = Mutex::new(BTreeMap::new()); // by path
static SETTLED: Condvar = Condvar::new();
static TOLD: AtomicBool = AtomicBool::new(false);

fn slots() -> MutexGuard<'static, BTreeMap<&'static str, Slot>> {
    SLOTS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn held(path: &'static str, key: &str) -> Result<Option<String>, String> {
    let ttl = seconds("SECRETS_TTL_SECONDS", 60.0)?.min(KEEP);
    let mut asked = false;
    let mut slots = slots();
    loop {
        let slot = slots.entry(path).or_default();
        let age = slot.age();
        let usable = |limit| !ttl.is_zero() && age <= limit;
        if usable(ttl) {
            let value = slot.value(key);
            if !usable(ttl / 2) && !slot.busy && !slot.rests() {
                slot.busy = true;
                drop(slots);
                ask(path); // for later reads
            }
            return value;
        }
        if slot.busy && !ttl.is_zero() {
            slots = SETTLED.wait(slots).unwrap_or_else(PoisonError::into_inner);
        } else if asked || slot.rests() {
            return match &slot.failed {
                Some((Failure(Kind::Outage, why), _)) if usable(KEEP) => {
                    tell(why);
                    slot.value(key)
                }
                Some((Failure(_, why), _)) => Err(why.clone()),
                None => slot.value(key),
            };
        } else {
            slot.busy = true;
            drop(slots);
            ask(path).map(JoinHandle::join);
            asked = true;
            slots = self::slots();
        }
    }
}

impl Slot {
    fn value(&self, key: &str) -> Result<Option<String>, String> {
        let (keys, ..) = self.keys.as_ref().ok_or("no answer")?;
        Ok(match keys.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => Some(other.to_string()),
        })
    }

    fn age(&self) -> Duration {
        match &self.keys {
            // The first clock may stand still while a computer sleeps, the second may be set back.
            Some((_, since, wall)) => since.elapsed().max(wall.elapsed().unwrap_or_default()),
            None => Duration::MAX,
        }
    }

    fn rests(&self) -> bool {
        matches!(&self.failed, Some((why, at)) if why.0 != Kind::Setting && at.elapsed() < REST)
    }
}

fn tell(why: &str) {
    if !TOLD.swap(true, Ordering::Relaxed) {
        let line =
            format!("secrets: {MANAGER} cannot be read ({why}); using what was read before\n");
        // Not eprintln!, which panics if nobody reads it.
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }
}

/// On a thread of its own: no async runtime can be started or dropped inside of another.
fn ask(path: &'static str) -> Option<JoinHandle<()>> {
    let fly = move || {
        let (since, wall) = (Instant::now(), SystemTime::now());
        // Whatever happens in there, nobody may wait for ever.
        let answer = std::panic::catch_unwind(|| Fetch::new()?.keys(path));
        let answer = answer.unwrap_or_else(|_| Err(outage("the request panicked")));
        settle(path, answer.map(|keys| (keys, since, wall)));
    };
    let started = std::thread::Builder::new().spawn(fly);
    if let Err(error) = &started {
        settle(path, Err(outage(error.to_string())));
    }
    started.ok()
}

fn settle(path: &'static str, answer: Result<(Keys, Instant, SystemTime), Failure>) {
    let mut slots = slots();
    let slot = slots.entry(path).or_default();
    slot.busy = false;
    match answer {
        Ok(keys) => {
            slot.keys = Some(keys);
            slot.failed = None;
            TOLD.store(false, Ordering::Relaxed);
        }
        Err(failure) => {
            slot.keys = slot.keys.take().filter(|_| failure.0 != Kind::Refusal);
            slot.failed = Some((failure, Instant::now()));
        }
    }
    SETTLED.notify_all();
}

// --- Settings, read when they are needed and not before: a `.env` file may be loaded first.

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn need(name: &str) -> Result<String, String> {
    let hint = "(SECRETS_BACKEND=env reads the environment instead)";
    setting(name).ok_or_else(|| format!("{name} is not set {hint}"))
}

fn seconds(name: &str, default: f64) -> Result<Duration, String> {
    let number = setting(name).map_or(Ok(default), |text| text.trim().parse());
    match number {
        Ok(number) if (0.0..1e6).contains(&number) => Ok(Duration::from_secs_f64(number)),
        _ => Err(format!("{name} is not a number of seconds")),
    }
}
