import type { Case } from './contract-cases.ts'
import type { Stage } from './contract-stage.ts'

const GROUPS_MAX = 200
const LIMITED_MAX = 50

/** How to bring about what the operations on groups promise. */
export function groupCases(): Record<string, Case> {
  const list = '/api/groups'
  const one = `${list}/{id}`
  return {
    [`GET ${list} 200`]: async ({ call, group }, operation) => {
      await group(['member.read', 'group.edit@group:1'])
      return call(operation)
    },
    [`POST ${list} 201`]: ({ call }, operation) => call(operation),
    [`POST ${list} 409 group_exists`]: async ({ call }, operation) => {
      await call(operation)
      return call(operation)
    },
    [`POST ${list} 409 too_many_groups`]: async ({ call, group }, operation) => {
      for (let made = 0; made < GROUPS_MAX; made++) await group()
      return call(operation)
    },
    [`POST ${list} 422 invalid_name`]: ({ send }) => send('POST', list, { name: ' ' }),
    [`PATCH ${one} 200`]: async ({ call, group }, operation) => call(operation, { id: await group() }),
    [`PATCH ${one} 409 group_exists`]: async ({ call, send, group }, operation) => {
      await send('POST', list, operation.example)
      return call(operation, { id: await group() })
    },
    [`PATCH ${one} 422 invalid_name`]: async ({ send, group }) =>
      send('PATCH', `${list}/${await group()}`, { name: ' ' }),
    [`DELETE ${one} 204`]: async ({ call, group }, operation) => call(operation, { id: await group(['member.read']) }),
    [`DELETE ${one} 409 last_admin`]: async (stage) => await last(stage, (id) => ['DELETE', `${list}/${id}`]),
    [`GET ${list}/permissions 200`]: ({ call }, operation) => call(operation),
    [`GET ${list}/me/permissions 200`]: async ({ call, admin, group }, operation) => {
      await group(['org.admin', 'group.edit@group:1'], [admin])
      return call(operation)
    },
    ...places(list),
    ...grants(list),
  }
}

function places(list: string): Record<string, Case> {
  const place = `${list}/{id}/members/{user_id}`
  return {
    [`GET ${list}/{id}/members 200`]: async ({ call, admin, group }, operation) =>
      call(operation, { id: await group([], [admin]) }),
    [`PUT ${place} 200`]: async ({ ask, admin, group }) => {
      const path = `${list}/${await group(['audit.read'])}/members/${admin.userId}`
      return ask(path, { method: 'PUT', headers: admin.bearer })
    },
    [`DELETE ${place} 204`]: async ({ ask, admin, group }) => {
      const path = `${list}/${await group([], [admin])}/members/${admin.userId}`
      return ask(path, { method: 'DELETE', headers: admin.bearer })
    },
    [`DELETE ${place} 409 last_admin`]: async (stage) =>
      await last(stage, (id) => ['DELETE', `${list}/${id}/members/${stage.admin.userId}`]),
  }
}

function grants(list: string): Record<string, Case> {
  const grant = `${list}/{id}/permissions/{permission}`
  const asking =
    (method: string, permission: string): Case =>
    async ({ ask, admin, group }) =>
      ask(`${list}/${await group()}/permissions/${permission}`, { method, headers: admin.bearer })
  return {
    [`PUT ${grant} 200`]: asking('PUT', 'audit.read'),
    [`PUT ${grant} 409 too_many_grants`]: async ({ ask, admin, group }) => {
      const targets: number[] = []
      for (let made = 0; made <= LIMITED_MAX; made++) targets.push(await group())
      const full = await group(targets.slice(1).map((id) => `group.edit@group:${id}`))
      const path = `${list}/${full}/permissions/group.edit?target=group:${targets[0]}`
      return ask(path, { method: 'PUT', headers: admin.bearer })
    },
    [`DELETE ${grant} 204`]: asking('DELETE', 'audit.read'),
    [`DELETE ${grant} 409 last_admin`]: async (stage) =>
      await last(stage, (id) => ['DELETE', `${list}/${id}/permissions/org.admin`]),
    ...Object.fromEntries(
      ['PUT', 'DELETE'].flatMap((method) => [
        [`${method} ${grant} 422 unknown_permission`, asking(method, 'org.rule')],
        [`${method} ${grant} 422 invalid_target`, asking(method, 'member.read?target=group:1')],
      ]),
    ),
  }
}

/** The admin is one by a group only, and takes that away. */
async function last(
  { ask, admin, demote, group }: Stage,
  request: (groupId: number) => readonly [method: string, path: string],
): Promise<Response> {
  const [method, path] = request(await group(['org.admin'], [admin]))
  await demote(admin.userId)
  return await ask(path, { method, headers: admin.bearer })
}
