// Reads .npz, a zip archive of .npy files, with libzip.
#include "io/read.hpp"

#if POSDEF_CLI_ARCHIVES

#include <zip.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace posdef::tools {
namespace {

struct discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using archive_handle = std::unique_ptr<zip_t, discard>;

// One unpacked file of the archive.
class entry_stream : public byte_stream {
 public:
  entry_stream(zip_t* archive, zip_uint64_t index, std::string name) : name_(std::move(name)) {
    zip_stat_t status;
    if (zip_stat_index(archive, index, 0, &status) == 0 && (status.valid & ZIP_STAT_SIZE) != 0) left_ = status.size;
    file_ = zip_fopen_index(archive, index, 0);
    if (file_ == nullptr) throw input_error(name_ + ": zip: " + zip_strerror(archive));
  }
  ~entry_stream() override { zip_fclose(file_); }

 private:
  std::size_t fetch(char* to, std::size_t size) override {
    const zip_int64_t got = zip_fread(file_, to, size);
    if (got < 0) throw input_error(name_ + ": zip: " + zip_file_strerror(file_));
    left_ -= std::min(left_, static_cast<std::uint64_t>(got));
    return static_cast<std::size_t>(got);
  }
  std::optional<std::uint64_t> unfetched() const override { return left_; }

  std::string name_;
  zip_file_t* file_ = nullptr;
  std::uint64_t left_ = 0;
};

archive_handle open_archive(std::string_view bytes, const std::string& name) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  archive_handle archive(source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error));
  if (archive) return archive;
  const std::string problem = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (source != nullptr) zip_source_free(source);
  throw input_error(name + ": zip: " + problem);
}

struct array {
  std::string name;
  zip_uint64_t index;
};

std::vector<array> arrays_of(zip_t* archive, const std::string& name) {
  constexpr std::string_view suffix = ".npy";
  std::vector<array> arrays;
  const zip_int64_t count = zip_get_num_entries(archive, 0);
  for (zip_int64_t k = 0; k < count; ++k) {
    const char* const entry = zip_get_name(archive, static_cast<zip_uint64_t>(k), 0);
    std::string_view text = entry != nullptr ? entry : "";
    if (text.ends_with("data.pkl"))
      throw input_error(name + ": a PyTorch file; expected NumPy arrays (numpy.save(\"a.npy\", tensor.numpy()))");
    if (text == "xl/workbook.xml")
      throw input_error(name + ": an Excel workbook; expected a .csv file saved from Excel");
    if (!text.ends_with(suffix)) continue;
    text.remove_suffix(suffix.size());
    arrays.push_back({std::string(text), static_cast<zip_uint64_t>(k)});
  }
  return arrays;
}

const array& chosen(const std::vector<array>& arrays, const std::string& wanted, const std::string& name) {
  const auto named = [&](std::string_view text) {
    return std::find_if(arrays.begin(), arrays.end(), [&](const array& a) { return a.name == text; });
  };
  std::string list;
  for (const array& a : arrays) list += (list.empty() ? "" : ", ") + printable(a.name);
  if (arrays.empty())
    throw input_error(name + ": a zip archive without .npy arrays; expected the output of numpy.savez");
  if (named("indptr") != arrays.end() && named("indices") != arrays.end() && wanted.empty()) {
    throw input_error(name +
                      ": a sparse matrix of SciPy; expected a dense one, or scipy.io.mmwrite(\"a.mtx\", matrix)");
  }
  if (!wanted.empty() && named(wanted) == arrays.end()) {
    throw input_error(name + ": contains no array \"" + wanted + "\"; it contains " + list);
  }
  if (wanted.empty() && arrays.size() > 1) {
    throw input_error(name + ": has " + std::to_string(arrays.size()) + " arrays: " + list +
                      "; select one by --array (--rhs-array for the right-hand side)");
  }
  return wanted.empty() ? arrays.front() : *named(wanted);
}

}  // namespace

any_matrices read_npz(std::string_view bytes, const std::string& name, const std::string& wanted,
                      std::uint64_t memory_limit) {
  const archive_handle archive = open_archive(bytes, name);
  const std::vector<array> arrays = arrays_of(archive.get(), name);
  const array& one = chosen(arrays, wanted, name);
  const std::string entry_name = name + "(" + printable(one.name) + ")";
  entry_stream entry(archive.get(), one.index, entry_name);
  return read_npy(entry, entry_name, memory_limit);
}

}  // namespace posdef::tools

#else

namespace posdef::tools {

any_matrices read_npz(std::string_view, const std::string& name, const std::string&, std::uint64_t) {
  throw input_error(name +
                    ": a zip archive; this program was built without zip support (cmake -DPOSDEF_CLI_ARCHIVES=ON)");
}

}  // namespace posdef::tools

#endif
