export const onnxOf = (_: unknown): Uint8Array => new Uint8Array()
