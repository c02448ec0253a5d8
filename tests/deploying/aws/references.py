"""What a template refers to."""

import re


def references(value: object) -> set[str]:
    """Names of resources and parameters that a template refers to."""
    match value:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [str(name), _]}:
            return {name}
        case {"Fn::Sub": str(text)}:
            return {found.partition(".")[0] for found in re.findall(r"\$\{([^!}][^}]*)\}", text)}
        case {"Fn::If": [_, *rest]}:
            return references(rest)
        case dict():
            depends = set(value.get("DependsOn", []))
            return depends.union(*(references(member) for member in value.values()))
        case list():
            return set().union(*(references(member) for member in value))
        case _:
            return set()
