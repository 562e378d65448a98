"""Peers side by side: what cloudvolume costs beside cloud-volume 12 and TensorStore."""
