/** Groups values by key, in the order in which each key first occurs (`Map.groupBy`, which Node 20 lacks). */
export function groupBy<Value, Group>(
  values: Iterable<Value>,
  groupOf: (value: Value) => Group,
): Map<Group, Value[]> {
  const groups = new Map<Group, Value[]>();
  for (const value of values) {
    const group = groupOf(value);
    const members = groups.get(group);
    if (members) members.push(value);
    else groups.set(group, [value]);
  }
  return groups;
}
