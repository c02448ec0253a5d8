def test_the_document_goes_to_stdout(golive, capsys):
    assert golive("sbom", "income.bundle") == 0

    assert capsys.readouterr().out == '{"bomFormat": "CycloneDX", "of": "income"}\n'
