//! How the clients in Rust of the clouds use what their makers publish. A part of a template, not of this program.

// --- The SDK, on a runtime that never ends: its logins and connections live where they began.

static RUNTIME: OnceLock<Runtime> = OnceLock::new();
static CLIENT: Mutex<Option<(String, Arc<Client>)>> = Mutex::new(None); // with its place

struct Fetch {
    timeout: Duration, // of all requests together
}

impl Fetch {
    fn new() -> Result<Self, Failure> {
        let timeout = Some(seconds("SECRETS_TIMEOUT_SECONDS", 5.0)?).filter(|time| !time.is_zero());
        Ok(Self {
            timeout: timeout.unwrap_or(Duration::new(5, 0)),
        })
    }

    /// Waits on a thread that `ask` made, so there is no other runtime on it.
    fn keys(&self, path: &str) -> Result<Keys, Failure> {
        let asked = async {
            let place = place();
            let was_kept = kept().is_some();
            let answer = keys(&*client(&place).await?, path).await;
            match answer {
                // Its login may have ended, or the files of it may have been rewritten.
                Err(Failure(Kind::Refusal, _)) if was_kept => {
                    *kept() = None;
                    keys(&*client(&place).await?, path).await
                }
                answer => answer,
            }
        };
        let answer = runtime()?.block_on(async { timeout(self.timeout, asked).await });
        let answer = answer.unwrap_or_else(|_| Err(outage("timed out")));
        if answer.is_err() {
            *kept() = None; // the next one reads files and settings anew
        }
        answer
    }
}

async fn client(place: &str) -> Result<Arc<Client>, Failure> {
    if let Some((_, client)) = kept().as_ref().filter(|(at, _)| at == place) {
        return Ok(client.clone());
    }
    let client = Arc::new(connect(place).await?);
    *kept() = Some((place.into(), client.clone()));
    Ok(client)
}

fn kept() -> MutexGuard<'static, Option<(String, Arc<Client>)>> {
    CLIENT.lock().unwrap_or_else(PoisonError::into_inner)
}

fn runtime() -> Result<&'static Runtime, Failure> {
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    // Its own thread notices between requests that a connection was closed.
    let mut made = Builder::new_multi_thread();
    let made = made.worker_threads(1).enable_all().build();
    let made = made.map_err(|error| outage(error.to_string()))?;
    Ok(RUNTIME.get_or_init(|| made))
}

fn refusal(why: impl Into<String>) -> Failure {
    Failure(Kind::Refusal, why.into())
}

/// `code` is printed if it is a word: nothing else of an answer is.
fn failure(status: u16, place: &str, code: Option<&str>) -> Failure {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let code = code.filter(|code| code.len() < 60 && code.chars().all(in_word));
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    let kind = match status {
        429 | 500.. => Kind::Outage,
        _ => Kind::Refusal,
    };
    Failure(kind, format!("HTTP {status}{code}{place}"))
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// What the network says. The causes around it quote addresses and answers.
fn cause(error: &(dyn Error + 'static)) -> Option<String> {
    let network = |error: &&(dyn Error + 'static)| error.is::<std::io::Error>();
    let found = causes(error).filter(network).last();
    found.map(ToString::to_string)
}
