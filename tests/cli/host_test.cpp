// The program under limits of the machine: files of other users, mount points, memory limits of control groups and
// address spaces, process numbers in containers. Most tests need root, as in a container of a CI service. A test that
// cannot be set up is skipped with the reason.
#include <unistd.h>

#include <thread>

#include "generate/generate.hpp"
#include "program.hpp"

namespace posdef::test {
namespace {

// A shell script exits with status 77 if it could not set up its test.
class Host : public Program {
 protected:
  void SetUp() override {
    save(folder / "a.npy", tools::generate_spectrum<double>({.n = 50}));
    std::filesystem::permissions(folder / "", std::filesystem::perms::all);
  }
  // "$0" is the program; the current folder is that of a.npy; the shell function as_user runs a command as user 65534.
  outcome script(const std::string& text) const {
    return run_script("cd '" + (folder / "") +
                          "' || exit 77\nas_user() { setpriv --reuid=65534 --regid=65534 --clear-groups \"$@\"; }\n" +
                          text,
                      {});
  }
  static bool could_try(const outcome& o) { return o.status != 77; }
};

constexpr const char* needs_other_user =
    "[ \"$(id -u)\" = 0 ] && as_user test -x \"$0\" -a -w . && as_user \"$0\" --version || exit 77\n";

TEST_F(Host, RejectsAWriteProtectedFileInAWritableFolder) {
  const outcome o = script(std::string(needs_other_user) +
                           "as_user cp a.npy keep.npy && as_user chmod 444 keep.npy\n"
                           "as_user \"$0\" factor a.npy -o keep.npy; echo \"status $?\"; cmp a.npy keep.npy");
  if (!could_try(o)) GTEST_SKIP() << "needs root, and a folder that user 65534 may enter";
  EXPECT_EQ(o.status, 0) << "the file has changed";
  EXPECT_NE(o.out.find("status 2"), std::string::npos) << o.out;
  EXPECT_NE(o.err.find("keep.npy: cannot write: Permission denied"), std::string::npos) << o.err;
}

TEST_F(Host, WritesInPlaceIfTheFolderIsNotWritable) {
  const outcome o =
      script(std::string(needs_other_user) +
             "mkdir d && touch d/o.npy && chown 65534 d/o.npy && chmod 755 d\n"
             "as_user \"$0\" factor a.npy -o d/o.npy && \"$0\" factor a.npy -o l.npy && cmp l.npy d/o.npy\n"
             "status=$?; ls d; exit $status");
  if (!could_try(o)) GTEST_SKIP() << "needs root, and a folder that user 65534 may enter";
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_EQ(o.out.substr(o.out.size() - 6), "o.npy\n") << "nothing else is left";
}

TEST_F(Host, WritesAMountedFileInPlace) {
  const outcome o = script(
      "touch source m.npy\n"
      "unshare --mount sh -c 'mount --bind source m.npy || exit 77; \"$0\" factor a.npy -o m.npy' \"$0\"\n"
      "status=$?; [ $status = 0 ] || exit 77\n"
      "\"$0\" factor a.npy -o l.npy && cmp l.npy source");
  if (!could_try(o)) GTEST_SKIP() << "needs root and permission to mount: " << o.err;
  EXPECT_EQ(o.status, 0) << o.err;
  expect_files({"a.npy", "l.npy", "m.npy", "source"});
}

TEST_F(Host, ToleratesOldTemporaryFilesOfTheSameProcessNumber) {
  const outcome o = script(
      "unshare --pid --fork true || exit 77\n"
      "for k in 1 2 3; do unshare --pid --fork -- \"$0\" factor a.npy -o l.npy || exit 1; done\n"
      "for k in 0 1 2; do : >l.npy.tmp$k; done\n"
      "unshare --pid --fork -- \"$0\" factor a.npy -o l.npy");
  if (!could_try(o)) GTEST_SKIP() << "needs root and permission to create namespaces: " << o.err;
  EXPECT_EQ(o.status, 0) << o.err;
}

// 3000 x 3000 doubles are 72 MB; the copy that the residual needs does not fit as well.
constexpr const char* large = "\"$0\" generate spectrum -n 3000 -o b.npy >/dev/null\n";

TEST_F(Host, SkipsTheResidualIfTheAddressSpaceIsLimited) {
  if (POSDEF_SANITIZED) GTEST_SKIP() << "a sanitizer needs more memory than these limits";
  const outcome whole = script(std::string(large) + "ulimit -v 600000 || exit 77\n\"$0\" factor b.npy --json");
  if (!could_try(whole)) GTEST_SKIP() << "address spaces cannot be limited here";
  EXPECT_EQ(whole.status, 0) << whole.err;
  // Enough for the program and one copy of 72 MB, but not for two.
  const outcome o = script(std::string(large) + "ulimit -v 130000 || exit 77\n\"$0\" factor b.npy --json --threads 1");
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.err.find("no residual: it needs"), std::string::npos) << o.err;
}

TEST_F(Host, SkipsTheResidualIfAControlGroupLimitsMemory) {
  if (POSDEF_SANITIZED) GTEST_SKIP() << "a sanitizer needs more memory than these limits";
  const outcome o =
      script(std::string(large) +
             "g=/sys/fs/cgroup/memory/posdef-test-$$\n"
             "if mkdir $g 2>/dev/null; then limit=$g/memory.limit_in_bytes\n"
             "else g=/sys/fs/cgroup/posdef-test-$$; mkdir $g 2>/dev/null || exit 77; limit=$g/memory.max; fi\n"
             "echo 120000000 2>/dev/null >$limit || { rmdir $g; exit 77; }\n"
             "sh -c 'echo $$ >\"$1\"/cgroup.procs && shift && exec \"$0\" factor b.npy --json --threads 1' \"$0\" $g\n"
             "status=$?; sleep 0.2; rmdir $g; exit $status");
  if (!could_try(o)) GTEST_SKIP() << "needs root and permission to create control groups: " << o.err;
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.err.find("no residual: it needs"), std::string::npos) << o.err;
}

TEST_F(Host, UsesNoMoreThreadsThanTheQuotaOfItsControlGroup) {
  const outcome o = script(
      "g=/sys/fs/cgroup/cpu/posdef-test-$$\n"
      "if mkdir $g 2>/dev/null; then limit=$g/cpu.cfs_quota_us; quota=100000\n"
      "else g=/sys/fs/cgroup/posdef-test-$$; mkdir $g 2>/dev/null || exit 77; limit=$g/cpu.max; quota='100000 100000'; "
      "fi\n"
      "echo $quota 2>/dev/null >$limit || { rmdir $g; exit 77; }\n"
      "unset POSDEF_NUM_THREADS OMP_NUM_THREADS\n"
      "sh -c 'echo $$ >\"$1\"/cgroup.procs && \"$0\" devices && OMP_NUM_THREADS=2 exec \"$0\" devices' \"$0\" $g\n"
      "status=$?; sleep 0.2; rmdir $g; exit $status");
  if (!could_try(o)) GTEST_SKIP() << "needs root and permission to create control groups: " << o.err;
  EXPECT_EQ(o.status, 0) << o.err;
  EXPECT_NE(o.out.find(", 1 thread by default"), std::string::npos) << o.out;
  // OMP_NUM_THREADS comes before the quota.
  if (std::thread::hardware_concurrency() > 1) {
    EXPECT_NE(o.out.find(", 2 threads by default"), std::string::npos) << o.out;
  }
}

}  // namespace
}  // namespace posdef::test
