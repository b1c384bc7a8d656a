#!/usr/bin/env bash
# The work of the action: gets envacuate, checks the workspace, writes SARIF and the summary of the job. All that comes
# from outside comes in variables. It ends with 0 when the check ran; what was found is an output, so that findings are
# uploaded before they fail the job.
#
# A release is taken from `$ENVACUATE_RELEASES` (default: this project on GitHub). Its archive has to have the sum that
# `checksums.txt` beside this file names; if that has none, the sum in the release's own `sha256.sum`, and an attestation
# by this project's release workflow, for which `gh` asks GitHub.
set -euo pipefail

readonly REPOSITORY=envacuate/envacuate
releases=${ENVACUATE_RELEASES:-https://github.com/$REPOSITORY/releases/download}
action=${GITHUB_ACTION_PATH:?}
temp=${RUNNER_TEMP:?}/envacuate
here=$action/.github/action

stop() {
  printf '::error title=envacuate::%s\n' "$1" >&2
  exit 2
}

is_one_of() {
  local name=$1 value=$2 known
  shift 2
  for known; do
    if [[ $value == "$known" ]]; then return; fi
  done
  stop "the input \`$name\` is one of: $*"
}

sum_of() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

fetch() {
  local proto='=https'
  # A server on this machine may do without.
  if [[ $releases == http://127.0.0.1:* ]]; then proto='=http'; fi
  curl --fail --silent --show-error --location --proto "$proto" --proto-redir "$proto" --retry 2 \
    --max-time 300 --output "$2" -- "$1" || stop "$1 could not be fetched"
}

# The platform, as releases name it. The static build of Linux runs in every container.
target() {
  case ${RUNNER_OS:?}-${RUNNER_ARCH:?} in
    Linux-X64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64) echo aarch64-unknown-linux-musl ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    Windows-X64) echo x86_64-pc-windows-msvc ;;
    Windows-ARM64) echo aarch64-pc-windows-msvc ;;
    *) stop "there is no release for $RUNNER_OS on $RUNNER_ARCH; use the input \`build\`" ;;
  esac
}

# Fetches a release into the folder and leaves the program in `program`.
release() {
  local version=$VERSION target archive wanted sum
  if [[ -z $version ]]; then
    version=$(sed -n 's/^version = "\(.*\)"$/\1/p' "$action/Cargo.toml" | head -n 1)
  fi
  version=${version#v}
  if ! [[ $version =~ ^[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}(-[0-9A-Za-z.]{1,32})?$ ]]; then
    stop 'the input `version` is a version, such as 0.1.0'
  fi
  target=$(target)
  archive=envacuate-$target.tar.gz
  program=$temp/envacuate-$target/envacuate
  if [[ $target == *windows* ]]; then
    archive=envacuate-$target.zip
    program+=.exe
  fi
  fetch "$releases/v$version/$archive" "$temp/$archive"
  sum=$(sum_of "$temp/$archive")
  wanted=$(awk -v name="v$version/$archive" '$2 == name { print $1 }' "$here/checksums.txt")
  if [[ -z $wanted ]]; then
    fetch "$releases/v$version/sha256.sum" "$temp/sha256.sum"
    wanted=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$temp/sha256.sum")
    if [[ $sum == "$wanted" ]]; then
      command -v gh >/dev/null || stop "$version is in no table of this action, and without gh nobody can say who made it"
      gh attestation verify "$temp/$archive" --repo "$REPOSITORY" \
        --signer-workflow "$REPOSITORY/.github/workflows/release.yml" >/dev/null ||
        stop "GitHub does not attest that $archive of $version was made by $REPOSITORY"
    fi
  fi
  if ! [[ $wanted =~ ^[0-9a-f]{64}$ && $sum == "$wanted" ]]; then
    stop "$archive of $version does not have the sum that it should have, and was not run"
  fi
  if [[ $archive == *.zip ]]; then
    unzip -q -o "$temp/$archive" -d "$temp"
  else
    tar -xzf "$temp/$archive" -C "$temp"
  fi
}

# The base of a pull request, if the clone has it.
base() {
  local commit
  if [[ ${GITHUB_EVENT_NAME:-} != pull_request* ]]; then return; fi
  # What is checked out is the merge with the base, unless somebody chose otherwise.
  if git rev-parse --quiet --verify 'HEAD^2' >/dev/null 2>&1; then
    commit='HEAD^1'
  else
    commit=origin/${GITHUB_BASE_REF:-}
  fi
  if git merge-base "$commit" HEAD >/dev/null 2>&1; then
    printf '%s' "$commit"
  else
    printf '::warning title=envacuate::%s\n' \
      'the clone does not have the base of the pull request, so all findings count; give actions/checkout `fetch-depth: 2`' >&2
  fi
}

is_one_of build "$BUILD" true false
is_one_of sarif "$SARIF" true false
is_one_of fail-on "$FAIL_ON" error warning note never

rm -rf "$temp"
mkdir -p "$temp"
if [[ -n $BINARY ]]; then
  program=$BINARY
elif [[ $BUILD == true ]]; then
  cargo install --locked --quiet --path "$action" --root "$temp"
  program=$temp/bin/envacuate
else
  release
fi

arguments=(--ci --format github "--fail-on=$FAIL_ON")
arguments+=("--output=sarif=$temp/envacuate.sarif" "--output=markdown=$temp/summary.md")
if [[ -n $CONFIG ]]; then arguments+=("--config=$CONFIG"); fi
if [[ -n $BASELINE ]]; then arguments+=("--baseline=$BASELINE"); fi
case $DIFF_BASE in
  auto) DIFF_BASE=$(base) ;;
  none) DIFF_BASE='' ;;
esac
if [[ -n $DIFF_BASE ]]; then arguments+=("--diff-base=$DIFF_BASE"); fi
paths=()
while IFS= read -r path; do
  if [[ -n $path ]]; then paths+=("$path"); fi
done <<<"$PATHS"

code=0
"$program" check "${arguments[@]}" -- "${paths[@]:-.}" || code=$?
if ! [[ -f $temp/envacuate.sarif && -f $temp/summary.md ]]; then
  stop "the check ended early, with exit code $code"
fi
cat "$temp/summary.md" >>"${GITHUB_STEP_SUMMARY:?}"
printf 'exit-code=%s\nsarif=%s\n' "$code" "$temp/envacuate.sarif" >>"${GITHUB_OUTPUT:?}"
