import { type Clock, systemClock } from '../clock.ts'
import type { InferenceSession, RunOptions, SessionFactory, SessionOptions } from '../contracts/inference.ts'
import type { ModelBytes } from '../contracts/model.ts'
import type { TensorSpec } from '../contracts/signature.ts'
import type { Tensor } from '../contracts/tensor.ts'
import { isNootropicError, NootropicError } from '../errors.ts'
import { printable } from '../quoted.ts'
import { verifyFeeds } from './check-tensors.ts'
import { loadOnnxRuntime, type OnnxRuntime } from './load-onnxruntime.ts'
import { fromRuntimeTensor, toRuntimeTensor, toTensorSpecs } from './tensor-conversion.ts'
import { verifyLoadable } from './verify-loadable.ts'

type NativeSession = Awaited<ReturnType<OnnxRuntime['InferenceSession']['create']>>

/** When to stop a run, and where its outputs go. */
export interface InProcessRunOptions extends RunOptions {
  /**
   * Tensors by the names of outputs, not `string`: onnxruntime writes these outputs to their memory. The run fails when
   * an output turns out to have another type or shape.
   */
  readonly into?: Readonly<Record<string, Tensor>>
}

/** A session in this process, which can be told where to write. */
export interface InProcessSession extends InferenceSession {
  run(feeds: Readonly<Record<string, Tensor>>, options?: InProcessRunOptions): Promise<Record<string, Tensor>>
}

/** Opens models in this process. */
export interface InProcessSessions extends SessionFactory {
  open(model: ModelBytes, options?: SessionOptions): Promise<InProcessSession>
}

// The runtime quotes names out of the model, which may be of any length and hold control characters (CWE-117).
const maximumReasonLength = 400

const reasonOf = (error: unknown): string =>
  printable((error instanceof Error ? error.message : String(error)).slice(0, maximumReasonLength))

const runFailure = (cause: unknown): NootropicError => {
  const reason = reasonOf(cause)
  // An expansion bomb (CWE-789) ends in the allocator; the runtime survives it.
  return /bad_alloc|allocate memory/i.test(reason)
    ? new NootropicError('LIMIT_EXCEEDED', `the run asked for more memory than there is: ${reason}`, {
        cause,
        details: { resource: 'memory' },
      })
    : new NootropicError('INPUT_INVALID', `the model cannot be run with these inputs: ${reason}`, { cause })
}

/** What a session declares; one that cannot be used gives its memory back. */
const specsOf = async (native: NativeSession) => {
  try {
    return { inputs: toTensorSpecs(native.inputMetadata), outputs: toTensorSpecs(native.outputMetadata) }
  } catch (error) {
    await native.release()
    throw error
  }
}

/** Every output: where it goes, or null for memory of the runtime's own. */
const toFetches = (runtime: OnnxRuntime, outputs: readonly TensorSpec[], into: InProcessRunOptions['into'] = {}) =>
  Object.fromEntries(
    outputs.map(({ name }) => {
      const tensor = Object.hasOwn(into, name) ? into[name] : undefined
      return [name, tensor === undefined ? null : toRuntimeTensor(runtime, tensor)]
    }),
  )

const throwIfAborted = (signal: AbortSignal | undefined): void => {
  if (signal?.aborted) throw new NootropicError('ABORTED', 'the caller stopped the work', { cause: signal.reason })
}

/**
 * Opens models inside this process with onnxruntime-node, which is loaded on the first use, telemetry off.
 *
 * Only for models that are trusted: a hostile model shares this process, and a run blocks its event loop and cannot be
 * stopped; `deadlineMs` can only withhold a result that came late. `@nootropic/runtime` runs models where none of this
 * holds. A model that {@link verifyLoadable} refuses is not handed to the runtime at all.
 *
 * @example
 * ```ts
 * const session = await createInProcessSessions().open({ main: await readFile('digits.onnx') })
 * const { scores } = await session.run({ image: { type: 'float32', dims: [1, 784], data: new Float32Array(784) } })
 * await session.close()
 * ```
 */
export const createInProcessSessions = (options: { clock?: Clock } = {}): InProcessSessions => {
  const clock = options.clock ?? systemClock
  return {
    async open(model, { threads = 1, optimisation = 'all', signal } = {}): Promise<InProcessSession> {
      // Before anything native is loaded: what is refused here never reaches code that could be attacked by it.
      verifyLoadable(model)
      const runtime = await loadOnnxRuntime()
      throwIfAborted(signal)
      const native = await runtime.InferenceSession.create(model.main, {
        intraOpNumThreads: threads,
        graphOptimizationLevel: optimisation,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        logSeverityLevel: 4,
        ...(model.externalData === undefined ? {} : { externalData: model.externalData }),
      }).catch((cause: unknown) => {
        throw new NootropicError(
          'MODEL_MALFORMED',
          `expected a model that onnxruntime can load (${model.main.length} bytes found): ${reasonOf(cause)}`,
          { cause },
        )
      })
      const { inputs, outputs } = await specsOf(native)
      const running = new Set<Promise<unknown>>()
      let isOpen = true
      return {
        inputs,
        outputs,
        async run(feeds, { signal, deadlineMs, into } = {}) {
          if (!isOpen) throw new NootropicError('USAGE', 'expected an open session; this one was closed')
          throwIfAborted(signal)
          verifyFeeds(inputs, feeds)
          const started = clock.monotonicMs()
          const converted = Object.entries(feeds).map(([name, tensor]) => [name, toRuntimeTensor(runtime, tensor)])
          const run = native.run(Object.fromEntries(converted), toFetches(runtime, outputs, into))
          running.add(run)
          try {
            const values = Object.entries(await run)
            throwIfAborted(signal)
            const elapsedMs = clock.monotonicMs() - started
            if (deadlineMs !== undefined && elapsedMs > deadlineMs) {
              throw new NootropicError(
                'DEADLINE_EXCEEDED',
                `expected a result in ${deadlineMs} ms, it took ${elapsedMs} ms`,
              )
            }
            return Object.fromEntries(values.map(([name, value]) => [name, fromRuntimeTensor(value)]))
          } catch (error) {
            throw isNootropicError(error) ? error : runFailure(error)
          } finally {
            running.delete(run)
          }
        },
        async close() {
          if (!isOpen) return
          isOpen = false
          await Promise.allSettled(running)
          await native.release()
        },
      }
    },
  }
}
