// posdef on the caller's queue and buffers: offsets and strides of all kinds, input and output events, out-of-order
// queues, infos in device memory, invalid arguments.
#include <gtest/gtest.h>

#define CL_TARGET_OPENCL_VERSION 120
#define CL_USE_DEPRECATED_OPENCL_1_2_APIS
#include <CL/cl.h>

#include "conformance/support.hpp"
#include "posdef/opencl.hpp"

namespace conformance {
namespace {

namespace ocl = posdef::opencl;

/// An OpenCL context on the first device, with a queue, as a caller creates it.
struct context {
  cl_context c = nullptr;
  cl_command_queue q = nullptr;
  explicit context(cl_command_queue_properties p = 0) {
    cl_platform_id platform;
    cl_device_id device;
    if (clGetPlatformIDs(1, &platform, nullptr) != CL_SUCCESS ||
        clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &device, nullptr) != CL_SUCCESS)
      return;
    c = clCreateContext(nullptr, 1, &device, nullptr, nullptr, nullptr);
    q = clCreateCommandQueue(c, device, p, nullptr);
  }
  ~context() {
    if (q != nullptr) clReleaseCommandQueue(q);
    if (c != nullptr) clReleaseContext(c);
  }
  context(const context&) = delete;
};

template <class T>
struct device_array {
  cl_command_queue q;
  cl_mem m;
  std::size_t n;
  device_array(const context& c, const std::vector<T>& v) : q(c.q), n(v.size()) {
    m = clCreateBuffer(c.c, CL_MEM_READ_WRITE | CL_MEM_COPY_HOST_PTR, n * sizeof(T), const_cast<T*>(v.data()), nullptr);
  }
  ~device_array() { clReleaseMemObject(m); }
  device_array(const device_array&) = delete;
  std::vector<T> read() const {
    clFinish(q);
    std::vector<T> v(n);
    clEnqueueReadBuffer(q, m, CL_TRUE, 0, n * sizeof(T), v.data(), 0, nullptr, nullptr);
    return v;
  }
};

class CallerMemory : public testing::Test {
 protected:
  context c;
  void SetUp() override {
    if (c.q == nullptr) GTEST_SKIP() << "no OpenCL device";
  }
};

TEST_F(CallerMemory, EveryOperationWithOffsetsAndStrides) {
  for_each_type([&]<class T>() {
    for (const index n : {5, 90, 180})
      for (const auto& p : placings()) {
        const index count = 3, nrhs = 4, before = 7;
        const auto a = positive_definite<T>(n);
        const placed<T> one(a, p);
        const index size = static_cast<index>(one.memory.size()), stride = size + 5;
        std::vector<T> all(static_cast<std::size_t>(before + stride * count), placed<T>::nan());
        for (index b = 0; b < count; ++b)
          std::copy(one.memory.begin(), one.memory.end(), all.begin() + before + b * stride);
        std::vector<T> rhs(static_cast<std::size_t>(n * nrhs * count), T(1));

        auto o = posdef::options{.uplo = p.triangle};
        ocl::plan<T> plan(c.q, {n, count, nrhs}, o);
        device_array<T> da(c, all), db(c, rhs), dx(c, rhs),
            dinverse(c, std::vector<T>(static_cast<std::size_t>(n * n * count)));
        device_array<std::int64_t> info(c, std::vector<std::int64_t>(5, -1));
        device_array<real_type<T>> det(c, std::vector<real_type<T>>(4));
        const auto view = ocl::view<T>(da.m, n, n, one.ld, p.order).at(before).batched(count, stride);
        const auto sides = ocl::view<T>(db.m, n, nrhs).batched(count), x = ocl::view<T>(dx.m, n, nrhs).batched(count);
        const auto inverse = ocl::col_major<T>(dinverse.m, n).batched(count);
        plan.cholesky(view, {info.m, 1});
        plan.cholesky_solve(view, sides, x);
        plan.cholesky_inverse(view, inverse);
        plan.cholesky_logdet(view, {det.m, 1});
        plan.inv_triangular(inverse);
        plan.solve_triangular(view, sides);

        placed<T> result = one;
        const auto out = da.read();
        for (index b = 0; b < count; ++b) {
          std::copy(out.begin() + before + b * stride, out.begin() + before + b * stride + size, result.memory.begin());
          ASSERT_LT(factor_ratio(a, [&](index i, index j) { return result.lower(i, j); }), 1) << n << p.text();
          ASSERT_TRUE(result.rest_untouched());
        }
        for (index i = 0; i < before; ++i) ASSERT_TRUE(std::isnan(std::real(out[static_cast<std::size_t>(i)])));
        EXPECT_EQ(info.read(), (std::vector<std::int64_t>{-1, 0, 0, 0, -1}));
        const auto solved = dx.read();
        for (index i = 0; i < n; ++i) {
          higher<T> sum(0);
          for (index k = 0; k < n; ++k) sum += higher<T>(a(i, k)) * higher<T>(solved[static_cast<std::size_t>(k)]);
          ASSERT_LT(std::abs(sum - higher<T>(1)), 1e5 * eps<T> * static_cast<double>(n));
        }
        EXPECT_NEAR(det.read()[2], -static_cast<double>(n) / 2 * std::log(100.0),
                    1e4 * static_cast<double>(n) * eps<T>);
      }
  });
}

TEST_F(CallerMemory, WaitsForEventsAndReturnsEvents) {
  const index n = 40;
  const auto a = positive_definite<float>(n);
  for (const cl_command_queue_properties p : {0, CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE}) {
    const context own(p);
    device_array<float> m(own, a.v);
    posdef::force({.algorithm = "left-looking"});  // many launches that must run in order
    ocl::plan<float> plan(own.q, {n, 1, 1});
    posdef::force({});
    const cl_event gate = clCreateUserEvent(own.c, nullptr);
    cl_event done = nullptr, list[] = {gate};
    plan.cholesky(ocl::col_major<float>(m.m, n), {}, {.wait = list, .done = &done});
    clFlush(own.q);
    cl_int status = CL_COMPLETE;
    clGetEventInfo(done, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status), &status, nullptr);
    EXPECT_NE(status, CL_COMPLETE) << "the call returns although its work waits for the gate";
    clSetUserEventStatus(gate, CL_COMPLETE);
    clWaitForEvents(1, &done);
    const auto l = m.read();
    EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
    clReleaseEvent(gate);
    clReleaseEvent(done);
  }
}

TEST_F(CallerMemory, EventsOfACallWithoutLaunches) {
  device_array<float> m(c, std::vector<float>(16, 4.0f));
  ocl::plan<float> none(c.q, {4, 0, 1});
  const cl_event gate = clCreateUserEvent(c.c, nullptr);
  cl_event done = nullptr, list[] = {gate};
  none.cholesky(ocl::col_major<float>(m.m, 4).batched(0), {}, {.wait = list, .done = &done});
  cl_int status = CL_COMPLETE;
  clGetEventInfo(done, CL_EVENT_COMMAND_EXECUTION_STATUS, sizeof(status), &status, nullptr);
  EXPECT_NE(status, CL_COMPLETE);
  clSetUserEventStatus(gate, CL_COMPLETE);
  clWaitForEvents(1, &done);
  clReleaseEvent(gate);
  clReleaseEvent(done);
  none.cholesky(ocl::col_major<float>(m.m, 4).batched(0));  // independent of the previous call
}

// A buffer over host memory may be aligned to an element but not to a vector.
TEST_F(CallerMemory, BuffersOverHostMemoryOfTheCaller) {
  const index n = 400;
  const auto a = positive_definite<float>(n);
  std::vector<float> memory(a.v.size() + 8);
  for (const std::size_t skew : {0u, 1u, 3u}) {
    const std::size_t first = (16 - reinterpret_cast<std::uintptr_t>(memory.data()) % 16) % 16 / sizeof(float) + skew;
    std::copy(a.v.begin(), a.v.end(), memory.begin() + static_cast<std::ptrdiff_t>(first));
    const cl_mem m = clCreateBuffer(c.c, CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR, a.v.size() * sizeof(float),
                                    memory.data() + first, nullptr);
    ASSERT_NE(m, nullptr);
    std::vector<float> l(a.v.size());
    {
      ocl::plan<float> plan(c.q, {n, 1, 1});
      plan.cholesky(ocl::col_major<float>(m, n));
      clEnqueueReadBuffer(c.q, m, CL_TRUE, 0, l.size() * sizeof(float), l.data(), 0, nullptr, nullptr);
    }
    clReleaseMemObject(m);
    EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1) << skew;
  }
}

TEST_F(CallerMemory, SameBitsAsFromHostMemory) {
  for_each_type([&]<class T>() {
    for (const index n : {30, 180}) {
      const auto a = positive_definite<T>(n);
      auto host = a.v;
      posdef::cholesky(posdef::col_major(host.data(), n), {.device = {posdef::engine::opencl, 0}});
      device_array<T> m(c, a.v);
      ocl::plan<T> plan(c.q, {n, 1, 1});
      plan.cholesky(ocl::col_major<T>(m.m, n));
      EXPECT_EQ(m.read(), host);
    }
  });
}

TEST_F(CallerMemory, EmptyProblemsStillWriteInfo) {
  device_array<double> m(c, std::vector<double>(4)), det(c, std::vector<double>(2, 5.0));
  device_array<std::int64_t> info(c, {-1, -1});
  ocl::plan<double> plan(c.q, {0, 2, 1});
  plan.cholesky(ocl::col_major<double>(m.m, 0).batched(2), {info.m, 0});
  plan.cholesky_logdet(ocl::col_major<double>(m.m, 0).batched(2), {det.m, 0});
  EXPECT_EQ(info.read(), (std::vector<std::int64_t>{0, 0}));
  EXPECT_EQ(det.read(), (std::vector<double>{0, 0}));
}

TEST_F(CallerMemory, RejectsInvalidArguments) {
  const index n = 4;
  device_array<float> m(c, std::vector<float>(32)), small(c, std::vector<float>(15));
  device_array<std::int64_t> info(c, {-1});
  ocl::plan<float> plan(c.q, {n, 2, 1});
  const auto good = ocl::col_major<float>(m.m, n).batched(2);
  const auto refused = [&](const auto& f, const char* text) {
    try {
      f();
      ADD_FAILURE() << "accepted; expected: " << text;
    } catch (const posdef::invalid_argument& e) {
      EXPECT_STREQ(e.what(), text);
    }
  };
  refused(
      [&] { plan.cholesky(good.at(1)); },
      "posdef: opencl::plan::cholesky: a is elements 1 to 32 of its buffer; expected to lie inside its 32 elements");
  refused([&] { plan.cholesky(good.at(-1)); },
          "posdef: opencl::plan::cholesky: a.offset is -1; expected 0 to 32, the size of its buffer");
  EXPECT_THROW(plan.cholesky(ocl::col_major<float>(small.m, n).batched(2)), posdef::invalid_argument);
  EXPECT_THROW(plan.cholesky(ocl::col_major<float>(nullptr, n).batched(2)), posdef::invalid_argument);
  EXPECT_THROW(plan.cholesky(ocl::col_major<float>(m.m, n)), posdef::invalid_argument) << "the plan's batch is 2";
  EXPECT_THROW(plan.cholesky(good, {info.m, 0}), posdef::invalid_argument) << "memory for one info only";
  EXPECT_THROW(plan.cholesky(good, ocl::col_major<float>(m.m, n).batched(2, 8)), posdef::invalid_argument) << "overlap";
  EXPECT_THROW(ocl::plan<float>(nullptr, {n, 1, 1}), posdef::invalid_argument);
  EXPECT_THROW(ocl::plan<float>(c.q, {-1, 1, 1}), posdef::invalid_argument);
  EXPECT_EQ(info.read()[0], -1);
  EXPECT_GT(ocl::plan<float>::workspace_size(c.q, {n, 2, 1}), 0u);
  plan.cholesky(good);
}

TEST_F(CallerMemory, PlansCanBeMoved) {
  for_each_type([&]<class T>() {
    const index n = 40;
    const auto a = positive_definite<T>(n);
    device_array<T> m(c, a.v);
    ocl::plan<T> plan(c.q, {n, 1, 1}), other(c.q, {1, 1, 1});
    ocl::plan<T> moved = std::move(plan);
    other = std::move(moved);
    other.cholesky(ocl::col_major<T>(m.m, n));
    const auto l = m.read();
    EXPECT_LT(factor_ratio(a, [&](index i, index j) { return l[static_cast<std::size_t>(i + j * n)]; }), 1);
  });
}

TEST_F(CallerMemory, ReportsDriverErrorsByName) {
  const context elsewhere;
  device_array<float> m(c, std::vector<float>(4));
  device_array<std::int64_t> foreign(elsewhere, {-1}), info(c, {-1});
  ocl::plan<float> plan(c.q, {0, 1, 1});  // fills infos and launches nothing: drivers check a kernel's buffers late
  try {
    plan.cholesky(ocl::col_major<float>(m.m, 0), {foreign.m, 0});
    ADD_FAILURE() << "the queue accepted a buffer of another context";
  } catch (const posdef::error& e) {
    EXPECT_STREQ(e.what(), "posdef: OpenCL: clEnqueueFillBuffer: CL_INVALID_CONTEXT");
  }
  plan.cholesky(ocl::col_major<float>(m.m, 0), {info.m, 0});
  EXPECT_EQ(info.read()[0], 0) << "the plan still works";
}

}  // namespace
}  // namespace conformance
