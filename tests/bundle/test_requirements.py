from golive.bundle.requirements import decode_requirements, encode_requirements


def test_requirements_are_sorted_lines_without_repetition():
    data = encode_requirements(["scikit-learn==1.5.2", "Jinja2==3.1.4", "scikit-learn==1.5.2"])

    assert data == b"Jinja2==3.1.4\nscikit-learn==1.5.2\n"


def test_there_may_be_none():
    assert encode_requirements(()) == b""
    assert decode_requirements("") == ()


def test_comments_and_empty_lines_are_left_out_but_no_part_of_an_address():
    text = "# head\n\nnumpy==2.1.0  # why\npkg @ https://host.example/pkg.whl#sha256=ab\n"

    assert decode_requirements(text) == (
        "numpy==2.1.0",
        "pkg @ https://host.example/pkg.whl#sha256=ab",
    )
