/** Servers beside each other in one group of the sidebar, by identifier. */
export type GroupOrder = readonly string[];

/**
 * The order of all servers after one of them was put next to another one.
 * @param order all servers as they are ordered now
 */
export function movedNextTo(
  order: readonly string[],
  serverId: string,
  place: 'before' | 'after',
  otherId: string,
): readonly string[] {
  if (serverId === otherId || !order.includes(serverId)) return order;
  const others = order.filter((id) => id !== serverId);
  const at = others.indexOf(otherId);
  return at < 0 ? order : others.toSpliced(place === 'before' ? at : at + 1, 0, serverId);
}

/**
 * The order of all servers after some were moved by one place within their groups. Those at the end of a group, and
 * those that follow them without a gap, stay.
 * @param order all servers as they are ordered now
 * @param groups what is beside each other on the screen
 */
export function movedByOne(
  order: readonly string[],
  groups: readonly GroupOrder[],
  serverIds: ReadonlySet<string>,
  direction: 'up' | 'down',
): readonly string[] {
  let after = order;
  for (const group of groups) {
    const walked = direction === 'up' ? group : group.toReversed();
    for (const [index, id] of walked.entries()) {
      const neighbour = walked[index - 1];
      if (!serverIds.has(id) || neighbour === undefined) continue;
      // The neighbour, too, may have moved already: where it could not, this one can't either.
      if (serverIds.has(neighbour) && !hasRoom(walked, index - 1, serverIds)) continue;
      const target = serverIds.has(neighbour) ? firstUnmoved(walked, index, serverIds) : neighbour;
      if (target !== undefined)
        after = movedNextTo(after, id, direction === 'up' ? 'before' : 'after', target);
    }
  }
  return after;
}

/** Whether a run of chosen servers that ends at `index` has one in front of it that is not chosen. */
function hasRoom(walked: GroupOrder, index: number, chosen: ReadonlySet<string>): boolean {
  return walked
    .slice(0, index)
    .some((id, at) => !chosen.has(id) && walked.slice(at + 1, index).every((one) => chosen.has(one)));
}

/** The server that a run of chosen ones moves past. */
function firstUnmoved(walked: GroupOrder, index: number, chosen: ReadonlySet<string>): string | undefined {
  return walked.slice(0, index).findLast((id) => !chosen.has(id));
}
