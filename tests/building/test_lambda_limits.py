from golive.building.lambda_limits import choose_delivery

MB = 2**20


def test_a_small_package_is_uploaded_directly():
    assert choose_delivery(zipped=50 * MB, unzipped=200 * MB).way == "direct"


def test_a_larger_one_goes_by_s3_and_says_why():
    delivery = choose_delivery(zipped=51 * MB, unzipped=200 * MB)

    assert delivery.way == "s3"
    assert delivery.because == "The zip file has 51.0 MB, and 50 MB can go directly."


def test_one_that_unpacks_to_too_much_is_a_container_image():
    delivery = choose_delivery(zipped=90 * MB, unzipped=251 * MB)

    assert delivery.way == "image"
    assert "251.0 MB" in delivery.because
