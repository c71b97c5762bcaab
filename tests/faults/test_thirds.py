from tests.faults.matrix import FAULTS, TARGETS, documented
from tests.faults.thirds import diagonal
from tests.thirds import THIRDS


def test_each_third_of_the_matrix_has_every_task_and_every_fault() -> None:
    cells = documented()
    for third in THIRDS:
        chosen = [cell for cell in cells if diagonal(cell) == third]
        assert abs(len(chosen) - len(cells) / len(THIRDS)) < 1
        assert {cell.row for cell in chosen} == set(TARGETS)
        assert {cell.fault for cell in chosen} == set(FAULTS)
