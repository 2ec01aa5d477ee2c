import { NootropicError } from '../errors.ts'

/** What the `onnxruntime-node` module exports. */
export type OnnxRuntime = typeof import('onnxruntime-node')

const install = 'ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node'

/**
 * Loads onnxruntime-node with its telemetry off.
 *
 * From 1.29 its native library collects and sends usage data on Linux as soon as it is initialised; the choice is latched
 * for the process, so the variables are set before the import. 1.30 reads the first name, later versions the second.
 *
 * @throws NootropicError `PEER_DEPENDENCY_MISSING`
 */
export const loadOnnxRuntime = async (
  load: () => Promise<OnnxRuntime> = () => import('onnxruntime-node'),
): Promise<OnnxRuntime> => {
  process.env.ORT_DISABLE_TELEMETRY = '1'
  process.env.ORT_TELEMETRY_DISABLED = '1'
  try {
    const runtime = await load()
    // Faults arrive as exceptions; a library must not write them to its host's stderr as well.
    runtime.env.logLevel = 'fatal'
    return runtime
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new NootropicError(
      'PEER_DEPENDENCY_MISSING',
      `expected the package onnxruntime-node for ${process.platform}-${process.arch}; it could not be loaded. ` +
        `Install it with: ${install} (loading said: ${reason.split('\n')[0]})`,
      { cause, details: { package: 'onnxruntime-node', install } },
    )
  }
}
