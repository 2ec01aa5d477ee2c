"""Real objects of the libraries at hand: what honest people pickle."""

from . import learning, numeric, standard_library, tables, tensors, trees

LIBRARIES = (standard_library, numeric, tables, learning, tensors, trees)


def every_object():
    """Yields (library with version, name, object) of everything that this machine can make."""
    for library in LIBRARIES:
        for name, value in library.objects():
            yield library.LIBRARY, name, value
