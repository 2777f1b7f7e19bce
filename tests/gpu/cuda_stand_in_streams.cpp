// Streams, events, graphs and launches of the stand-in.
#include "gpu/cuda_stand_in_state.hpp"

using namespace stand_in;

extern "C" {

// -- Streams and events.

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* s, unsigned) {
  CALL;
  *s = new CUstream_st{here()};
  m().streams.insert(*s);
  return cudaSuccess;
}
cudaError_t cudaStreamCreate(cudaStream_t* s) { return cudaStreamCreateWithFlags(s, cudaStreamDefault); }
cudaError_t cudaStreamDestroy(cudaStream_t s) {
  CALL;
  drain(s);
  m().streams.erase(s);
  delete s;
  return cudaSuccess;
}
cudaError_t cudaStreamSynchronize(cudaStream_t s) {
  UNSAFE_CALL;
  drain(stream_of(s));
  return cudaSuccess;
}
cudaError_t cudaDeviceSynchronize() {
  UNSAFE_CALL;
  for (auto* s : m().streams)
    if (s->device == here()) drain(s);
  return cudaSuccess;
}
cudaError_t cudaStreamGetDevice(cudaStream_t s, int* d) {
  CALL;
  *d = stream_of(s)->device;
  return cudaSuccess;
}
cudaError_t cudaStreamIsCapturing(cudaStream_t s, cudaStreamCaptureStatus* status) {
  CALL;
  *status = stream_of(s)->capturing ? cudaStreamCaptureStatusActive : cudaStreamCaptureStatusNone;
  return cudaSuccess;
}
cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode mode) {
  CALL;
  s->capturing = true;
  s->broken = false;
  s->captured.clear();
  s->mode = mode;
  return cudaSuccess;
}
cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t* graph) {
  CALL;
  *graph = nullptr;
  s->capturing = false;
  if (s->broken) return cudaErrorStreamCaptureInvalidated;
  *graph = new CUgraph_st{std::move(s->captured)};
  return cudaSuccess;
}
cudaError_t cudaGraphInstantiate(cudaGraphExec_t* ready, cudaGraph_t graph, unsigned long long) {
  CALL;
  *ready = new CUgraphExec_st{*graph};
  return cudaSuccess;
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t graph, cudaStream_t s) {
  CALL;
  for (const command& each : graph->commands)
    if (const auto code = enqueue(s, each); code != cudaSuccess) return code;
  return cudaSuccess;
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  CALL;
  delete graph;
  return cudaSuccess;
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t graph) {
  CALL;
  delete graph;
  return cudaSuccess;
}
cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  CALL;
  here();
  std::swap(*mode, thread_mode);
  return cudaSuccess;
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t* e, unsigned) {
  CALL;
  here();
  *e = new CUevent_st;
  return cudaSuccess;
}
cudaError_t cudaEventCreate(cudaEvent_t* e) { return cudaEventCreateWithFlags(e, cudaEventDefault); }
cudaError_t cudaEventDestroy(cudaEvent_t e) {
  CALL;
  delete e;
  return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s) {
  CALL;
  e->stream = stream_of(s);
  e->done = std::make_shared<std::optional<moment>>();
  return enqueue(s, {[done = e->done] { *done = std::chrono::steady_clock::now(); }});
}
cudaError_t cudaStreamWaitEvent(cudaStream_t s, cudaEvent_t e, unsigned) {
  CALL;
  return enqueue(s, {[first = e->stream, done = e->done] {
                   while (!*done) run_first(first);
                 }});
}
cudaError_t cudaEventSynchronize(cudaEvent_t e) {
  UNSAFE_CALL;
  while (!*e->done) run_first(e->stream);
  return cudaSuccess;
}
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t first, cudaEvent_t second) {
  CALL;
  *milliseconds = std::chrono::duration<float, std::milli>(**second->done - **first->done).count();
  return cudaSuccess;
}
cudaError_t cudaLaunchHostFunc(cudaStream_t s, cudaHostFn_t f, void* data) {
  CALL;
  return enqueue(s, {[=] { f(data); }});
}

// -- Kernels.

cudaError_t cudaFuncGetAttributes(cudaFuncAttributes*, const void* kernel) {
  UNSAFE_CALL;
  if (!at(here()).image) return cudaErrorNoKernelImageForDevice;
  m().loaded.emplace(std::pair(here(), kernel), usual_shared_bytes);
  return cudaSuccess;
}
cudaError_t cudaFuncSetAttribute(const void* kernel, cudaFuncAttribute what, int value) {
  UNSAFE_CALL;
  const auto found = m().loaded.find({here(), kernel});
  if (found == m().loaded.end()) return cudaErrorInvalidDeviceFunction;
  if (what != cudaFuncAttributeMaxDynamicSharedMemorySize || value > most_shared_bytes) return cudaErrorInvalidValue;
  found->second = static_cast<std::size_t>(value);
  return cudaSuccess;
}
cudaError_t cudaLaunchKernel(const void* kernel, dim3 grid, dim3 block, void** arguments, std::size_t shared_bytes,
                             cudaStream_t s) {
  CALL;
  ++m().commands;
  if (!at(here()).image) return cudaErrorNoKernelImageForDevice;
  const auto [loaded, first] = m().loaded.emplace(std::pair(here(), kernel), usual_shared_bytes);
  if (first)  // loaded by the first launch
    if (const auto forbidden = beside_captures(); forbidden != cudaSuccess) return forbidden;
  if (shared_bytes > std::max(usual_shared_bytes, loaded->second)) return cudaErrorInvalidValue;
  return enqueue(s, {launched(kernel, grid, block, arguments, shared_bytes)});
}

}  // extern "C"
