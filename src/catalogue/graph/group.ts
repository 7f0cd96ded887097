/** Groups values by key, in the order of each key's first value. Node 20 lacks `Map.groupBy`. */
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
