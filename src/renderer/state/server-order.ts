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
      if (!serverIds.has(id)) continue;
      // Several beside each other move past the same one, and keep their order.
      const target = walked.slice(0, index).findLast((one) => !serverIds.has(one));
      if (target !== undefined)
        after = movedNextTo(after, id, direction === 'up' ? 'before' : 'after', target);
    }
  }
  return after;
}
