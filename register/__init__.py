"""The register: who may practise, since when and on what terms."""
