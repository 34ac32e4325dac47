import type { Grant } from '#core/access/permissions.ts'
import type { Group } from './group.ts'
import type { GroupMember } from './group-member.ts'

export function groupOf(group: Group) {
  return {
    id: group.id,
    name: group.name,
    member_count: group.memberCount,
    permissions: group.grants.map(grantOf),
    created_at: group.createdAt.toISOString(),
  }
}

export function grantOf({ permission, target }: Grant) {
  return { permission, target: target ?? null }
}

export function memberOf(member: GroupMember) {
  return {
    user_id: member.userId,
    email: member.email,
    name: member.name,
    role: member.role,
    is_active: member.isActive,
    added_at: member.addedAt.toISOString(),
  }
}
