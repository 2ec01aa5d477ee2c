import { expect, test } from 'vitest'
import { createAuthorizer } from '../../src/authorisation/authorizer.ts'
import { createCatalogue } from '../../src/authzen/catalogue.ts'
import { createAuthzenEndpoint } from '../../src/authzen/endpoint.ts'

const authorizer = createAuthorizer([
  { id: 'all', effect: 'permit', principal: { role: 'analyst' }, actions: ['execute'], resource: { type: 'model' } },
])
const place = 'https://pdp.example.org'
const errors: unknown[] = []
const endpoint = createAuthzenEndpoint({
  authorizer,
  policyDecisionPoint: place,
  authenticateCaller: () => {},
  onError: (error) => errors.push(error),
  catalogue: createCatalogue({
    subjects: [{ type: 'user', id: 'ada', properties: { roles: ['analyst'] } }],
    resources: [{ type: 'model', id: 'digits' }],
    actions: ['execute', 'delete'],
  }),
})
const send = async (path: string, text: string): Promise<[number, string]> => {
  const headers = { 'content-type': 'application/json' }
  const response = await endpoint(new Request(`${place}/access/v1/${path}`, { method: 'POST', headers, body: text }))
  return [response.status, await response.text()]
}
const ada = '"subject":{"type":"user","id":"ada"}'
const eve = '"subject":{"type":"user","id":"eve"}'
const rest = '"action":{"name":"execute"},"resource":{"type":"model","id":"digits"}'

test('no body of a request is a defect of the decision point, and none is granted by how it is written', async () => {
  const deep = (open: string, close: string) => open.repeat(200_000) + close.repeat(200_000)
  const bodies = [
    deep('[', ']'),
    `{"a":${deep('[', ']')}}`,
    `{${ada},${rest},"context":{"a":${deep('[', ']')}}}`,
    `{"subject":{"type":"user","id":"eve","properties":{"__proto__":{"roles":["analyst"]}}},${rest}}`,
    `{"__proto__":{${ada}},${rest}}`,
    `{${ada},${eve},${rest}}`,
    `{"subject":{"type":"user","id":["ada"]},${rest}}`,
    `{"subject":[{"type":"user","id":"ada"}],${rest}}`,
    `{"evaluations":[{"__proto__":{${ada},${rest}}},{"constructor":{}},[],null,1,"${'x'.repeat(10)}"],${rest}}`,
    `{"evaluations":{"length":1},${eve},${rest}}`,
    `{"evaluations":${JSON.stringify(Array.from({ length: 257 }, () => ({})))},${eve},${rest}}`,
    `{"subject":{"type":"user","id":"\\ud800"},${rest}}`,
    `{"subject":{"type":"user","id":"\\u0000"},${rest}}`,
  ]
  for (const body of bodies) {
    for (const path of ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action']) {
      const [status, text] = await send(path, body)
      expect([path, body.slice(0, 90), status === 200 || status === 400, text.includes('"decision":true')]).toEqual([
        path,
        body.slice(0, 90),
        true,
        false,
      ])
    }
  }
  expect(errors).toEqual([])
  expect(await send('evaluation', `{${ada},${rest}}`)).toEqual([200, '{"decision":true}'])
})
