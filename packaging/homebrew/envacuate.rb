# The formula for a tap. It is not run by the tests of this repository. The release workflow fills in the four sums.
class Envacuate < Formula
  desc "Gets the secrets of MCP servers into a secret manager"
  homepage "https://github.com/envacuate/envacuate"
  version "0.1.0"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "https://github.com/envacuate/envacuate/releases/download/v#{version}/envacuate-aarch64-apple-darwin.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
    on_intel do
      url "https://github.com/envacuate/envacuate/releases/download/v#{version}/envacuate-x86_64-apple-darwin.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
  end

  on_linux do
    on_arm do
      url "https://github.com/envacuate/envacuate/releases/download/v#{version}/envacuate-aarch64-unknown-linux-gnu.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
    on_intel do
      url "https://github.com/envacuate/envacuate/releases/download/v#{version}/envacuate-x86_64-unknown-linux-gnu.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
  end

  def install
    bin.install "envacuate"
    generate_completions_from_executable(bin/"envacuate", "completions")
    (man1/"envacuate.1").write Utils.safe_popen_read(bin/"envacuate", "man")
  end

  test do
    (testpath/"server.py").write "import os\nprint(os.environ)\n"
    assert_match "env-dump", shell_output("#{bin}/envacuate check --format concise server.py", 1)
  end
end
