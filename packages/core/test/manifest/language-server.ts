import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

interface Message {
  readonly id?: number
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
}

/** A diagnostic of the Language Server Protocol; lines and characters count from 0. */
export interface Diagnostic {
  readonly message: string
  readonly range: { readonly start: { readonly line: number; readonly character: number } }
}

/** An editor's side of yaml-language-server, over the Language Server Protocol 3.17 on its standard streams. */
export interface LanguageServer {
  /** What the editor would underline in the text. */
  diagnose(text: string): Promise<readonly Diagnostic[]>
  /** What the editor would offer at a place of the text. */
  complete(text: string, line: number, character: number): Promise<readonly string[]>
  /** What the editor would show for a place of the text. */
  hover(text: string, line: number, character: number): Promise<string>
  stop(): void
}

const program = (): string => {
  const require = createRequire(import.meta.url)
  return join(dirname(require.resolve('yaml-language-server/package.json')), 'bin/yaml-language-server')
}

export const startLanguageServer = async (): Promise<LanguageServer> => {
  const server = spawn(process.execPath, [program(), '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const answers = new Map<number, (result: unknown) => void>()
  const diagnosed = new Map<string, (diagnostics: readonly Diagnostic[]) => void>()
  let lastId = 0
  let documents = 0

  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  const request = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve) => {
      lastId += 1
      answers.set(lastId, resolve)
      send({ id: lastId, method, params })
    })
  const receive = ({ id, method, params, result }: Message): void => {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly Diagnostic[] }
      diagnosed.get(uri)?.(diagnostics)
    } else if (method === 'workspace/configuration') {
      // No schema store: the first line of a manifest names its schema, and nothing is fetched.
      const settings = { validate: true, completion: true, hover: true, schemaStore: { enable: false } }
      const { items } = params as { items: { section: string }[] }
      send({ id, result: items.map(({ section }) => (section === 'yaml' ? settings : {})) })
    } else if (method !== undefined && id !== undefined) {
      send({ id, result: null })
    } else if (id !== undefined) {
      answers.get(id)?.(result)
    }
  }

  let buffered = Buffer.alloc(0)
  server.stdout.on('data', (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk])
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n(?:[^\r]+\r\n)*\r\n/.exec(buffered.toString('latin1'))
      if (header === null) return
      const end = header[0].length + Number(header[1])
      if (buffered.length < end) return
      const body = buffered.subarray(header[0].length, end).toString()
      buffered = buffered.subarray(end)
      receive(JSON.parse(body))
    }
  })

  await request('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: {
      textDocument: { completion: {}, hover: {}, publishDiagnostics: {} },
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
    },
  })
  send({ method: 'initialized', params: {} })
  send({ method: 'workspace/didChangeConfiguration', params: { settings: null } })

  const open = (text: string): string => {
    documents += 1
    const uri = `file:///manifests/${documents}.yaml`
    send({ method: 'textDocument/didOpen', params: { textDocument: { uri, languageId: 'yaml', version: 1, text } } })
    return uri
  }
  return {
    diagnose: (text) =>
      new Promise((resolve) => {
        diagnosed.set(`file:///manifests/${documents + 1}.yaml`, resolve)
        open(text)
      }),
    complete: async (text, line, character) => {
      const params = { textDocument: { uri: open(text) }, position: { line, character } }
      const { items } = (await request('textDocument/completion', params)) as { items: { label: string }[] }
      return items.map(({ label }) => label)
    },
    hover: async (text, line, character) => {
      const params = { textDocument: { uri: open(text) }, position: { line, character } }
      const { contents } = (await request('textDocument/hover', params)) as { contents: { value: string } }
      return contents.value
    },
    stop: () => {
      server.kill()
    },
  }
}
