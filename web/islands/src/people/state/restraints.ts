import type { PersonView, RestraintView, RoleView } from "../../live/types";
import { compare } from "../../shell/state/room";

export function withRestraint(restraints: readonly RestraintView[], added: RestraintView): readonly RestraintView[] {
  const others = withoutRestraint(restraints, added.person.id, added.kind);
  return [...others, added].sort((a, b) => byName(a.person, b.person) || compare(a.kind, b.kind));
}

export function withoutRestraint(restraints: readonly RestraintView[], person: string, kind: string): readonly RestraintView[] {
  return restraints.filter((restraint) => restraint.person.id !== person || restraint.kind !== kind);
}

export function withRole(roles: readonly RoleView[], added: RoleView): readonly RoleView[] {
  return [...withoutRole(roles, added), added].sort((a, b) => byName(a.person, b.person) || compare(a.role, b.role));
}

export function withoutRole(roles: readonly RoleView[], gone: RoleView): readonly RoleView[] {
  return roles.filter((held) => held.person.id !== gone.person.id || held.role !== gone.role);
}

function byName(a: PersonView, b: PersonView): number {
  return compare(a.name, b.name) || compare(a.id, b.id);
}
